import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** 256 random bits in base64url. */
const TOKEN = /^[\w-]{43}$/;

type Transport = Pick<FastifyRequest, 'protocol'>;

/** The token that a request's cookie holds; null where there is none, or it is no token of ours. */
export function tokenOf({ headers, protocol }: Pick<FastifyRequest, 'headers' | 'protocol'>): string | null {
  if (headers.cookie === undefined) return null;
  const token = parseCookie(headers.cookie)[nameOver({ protocol })];
  return token !== undefined && TOKEN.test(token) ? token : null;
}

export function clearCookie(reply: FastifyReply): void {
  setCookie(reply, '', 0);
}

// Strict: requests from other sites' pages and links carry no cookie. No Domain: other hosts never see it.
export function setCookie(reply: FastifyReply, value: string, maxAge: number): void {
  const secure = isSecure(reply.request);
  const name = nameOver(reply.request);
  const cookie = { name, value, maxAge, path: '/', httpOnly: true, secure, sameSite: 'strict' } as const;
  void reply.header('set-cookie', stringifySetCookie(cookie));
}

// __Host-: browsers take it only from this very host and over TLS, so no other host of the domain can plant one.
function nameOver(transport: Transport): string {
  return isSecure(transport) ? '__Host-sightline_session' : 'sightline_session';
}

// As the browser sees it: X-Forwarded-Proto counts where a proxy of TRUSTED_PROXIES sent it.
function isSecure({ protocol }: Transport): boolean {
  return protocol === 'https';
}
