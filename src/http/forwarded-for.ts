import { canonicalIp, peerAddress } from '../core/ip-address.js';

/**
 * X-Forwarded-For as Fastify reads it, which takes each part for an address as it stands: `192.0.2.1:4711` was another client than
 * `192.0.2.1:4712`, with limits of its own, and `[2001:db8::1]:443` had no /64. Left of what is no address nothing is believed:
 * then the client is the proxy that let it pass.
 */
export function plainForwardedFor(header: string): string {
  if (canonicalIp(header) === header) return header;
  const addresses: string[] = [];
  for (const part of header.split(',').reverse()) {
    const text = part.trim();
    if (text === '') continue;
    const address = peerAddress(text);
    if (address === null) break;
    addresses.push(address);
  }
  return addresses.reverse().join(', ');
}
