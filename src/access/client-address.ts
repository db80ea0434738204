import { canonicalIp, isPublicIp, peerAddress } from '../core/addresses/ip-address.js';

/** A field that should hold an address and holds neither one nor a placeholder for none. */
export const UNREADABLE = Symbol('unreadable');

// That of the header Forwarded.
const FOR = /^for=/i;
// What proxies and servers write for an unknown address.
const NONE = new Set(['', '-', 'unknown', 'unix:', 'null']);
// A host name has letters: digits and dots alone are a mistyped address.
const HOST = /^(?=.*[a-z])[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.?(?:%[\w.-]+)?(?::\d{1,5})?$/iu;

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

function addressIn(part: string): string | null | typeof UNREADABLE {
  const text = part.replace(FOR, '');
  const ip = peerAddress(text);
  if (ip !== null) return ip;
  return NONE.has(text.toLowerCase()) || HOST.test(text) ? null : UNREADABLE;
}
