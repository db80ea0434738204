import type { FastifyRequest } from 'fastify';

/** Which page made a request: this server's own, another site's, or unknown (no browser, or an address typed into one). */
export type RequestOrigin = 'own' | 'foreign' | 'untold';

/**
 * By the headers that browsers set and pages cannot: Origin, and Sec-Fetch-Site where that is absent. The host is the one that
 * the browser used: `Host`, or X-Forwarded-Host from a proxy of TRUSTED_PROXIES.
 */
export function originOf({
  headers,
  protocol,
  host,
}: Pick<FastifyRequest, 'headers' | 'protocol' | 'host'>): RequestOrigin {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return 'foreign';
  if (origin !== undefined) return isOwn(origin, protocol, host) ? 'own' : 'foreign';
  return site === 'same-origin' ? 'own' : 'untold';
}

// A page over https may be ours though the request arrived over http, where a proxy terminates TLS; never the reverse.
function isOwn(origin: string, protocol: string, host: string): boolean {
  const page = URL.parse(origin);
  if (page === null || page.origin !== origin.toLowerCase()) return false;
  if (page.protocol !== 'https:' && page.protocol !== `${protocol}:`) return false;
  return page.host === URL.parse(`${page.protocol}//${host}`)?.host;
}
