import { canonicalIp, isPublicIp } from '../core/ip-address.js';

/** What stands in the place of an address and is neither one nor a name of none. */
export const UNREADABLE = Symbol('unreadable');

// `1.2.3.4:51234`, `[2001:db8::1]`, `[2001:db8::1]:51234`, `fe80::1%eth0`; `for=` is that of the header Forwarded.
const DRESSED = /^(?:for=)?(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/i;
const ZONE = /%[\w.-]+$/;
// What proxies and servers write where they know none.
const NONE = new Set(['', '-', 'unknown', 'unix:', 'null']);
// A name of letters: digits and dots alone are an address with a mistake in it.
const HOST = /^(?=.*[a-z])[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.?$/iu;

/**
 * The address of the client in a field as servers write it: one, or the list that proxies have made (X-Forwarded-For), each
 * perhaps with port, brackets, zone or quotes. Of a list the first public one, else the first. null for none, and for a host name.
 */
export function clientAddress(field: string): string | null | typeof UNREADABLE {
  const ip = canonicalIp(field);
  if (ip !== null) return ip;
  let first: string | null = null;
  let isClear = true;
  for (const part of field.replaceAll('"', '').split(',')) {
    const one = addressIn(part.trim());
    if (one === UNREADABLE) isClear = false;
    else if (one !== null) {
      if (isPublicIp(one)) return one;
      first ??= one;
    }
  }
  return isClear ? first : UNREADABLE;
}

/** Is this one address, or a list of them? */
export function isAddress(field: string): boolean {
  return typeof clientAddress(field) === 'string';
}

function addressIn(text: string): string | null | typeof UNREADABLE {
  const plain = canonicalIp(text.replace(ZONE, ''));
  if (plain !== null) return plain;
  if (NONE.has(text.toLowerCase())) return null;
  const dressed = DRESSED.exec(text);
  if (!dressed) return UNREADABLE;
  const bare = (dressed[1] ?? dressed[2]).replace(ZONE, '');
  return canonicalIp(bare) ?? (dressed[1] === undefined && HOST.test(bare) ? null : UNREADABLE);
}
