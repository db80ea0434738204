import ipaddr from 'ipaddr.js';

/** 32-bit words of an address. */
export const IPV4_WORDS = 1;
export const IPV6_WORDS = 4;
const ZERO = 48;
const NINE = 57;
const DOT = 46;
const COLON = 58;
const LOWER_A = 97;

// Stricter than the library, which takes octal and hexadecimal tails.
const IPV6 = /^[0-9a-f:]{2,39}$/i;
const IPV6_WITH_TAIL = /^([0-9a-f:]{1,30}:)([0-9.]{7,15})$/i;

/**
 * The one text of an address: dotted IPv4, or IPv6 as in RFC 5952; IPv4 mapped into IPv6 is that IPv4.
 * null for anything else: leading zeros in IPv4, zones, ports, brackets, prefixes.
 */
export function canonicalIp(text: string): string | null {
  if (ipv4Of(text) >= 0) return text;
  const hex = hexOnly(text);
  if (hex === null || !ipaddr.IPv6.isValid(hex)) return null;
  const address = ipaddr.IPv6.parse(hex);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
}

// Networks behind proxies, in which no client on the internet can be.
const INSIDE = new Set([
  'private',
  'uniqueLocal',
  'loopback',
  'linkLocal',
  'carrierGradeNat',
  'unspecified',
  'broadcast',
]);

/** May a canonical address belong to a client on the internet? Addresses reserved for documentation count as such. */
export function isPublicIp(ip: string): boolean {
  return !INSIDE.has(ipaddr.parse(ip).range());
}

const QUOTED = /^"(.*)"$/;
const IN_BRACKETS = /^\[([^\]]*)\](?::\d{1,5})?$/;
const IPV4_AND_PORT = /^([\d.]+):\d{1,5}$/;
const ZONE = /(?<=:.*)%.*$/;

/**
 * The canonical address of a peer as proxies and servers write it: `192.0.2.1:4711`, `[2001:db8::1]:443`, `"[2001:db8::1]"`,
 * `fe80::1%eth0`. null where there is none in it.
 */
export function peerAddress(text: string): string | null {
  const bare = text.replace(QUOTED, '$1');
  const address = IN_BRACKETS.exec(bare)?.[1] ?? IPV4_AND_PORT.exec(bare)?.[1] ?? bare;
  return canonicalIp(address.replace(ZONE, ''));
}

/** Writes the words of a canonical address into `words`, and gives how many there are. */
export function addressWords(ip: string, words: Uint32Array): typeof IPV4_WORDS | typeof IPV6_WORDS {
  const ipv4 = ipv4Of(ip);
  if (ipv4 < 0) {
    ipv6Words(ip, words);
    return IPV6_WORDS;
  }
  words[0] = ipv4;
  return IPV4_WORDS;
}

/** The address as a number, -1 for what is no dotted IPv4. Allocates nothing. */
function ipv4Of(text: string): number {
  if (text.length < 7 || text.length > 15) return -1;
  let address = 0;
  let octets = 0;
  let octet = -1;
  for (let at = 0; at <= text.length; at++) {
    const code = at === text.length ? DOT : text.charCodeAt(at);
    if (code === DOT) {
      if (octet < 0) return -1;
      address = address * 256 + octet;
      octets++;
      octet = -1;
    } else {
      // a second digit after 0 would be octal to some, decimal to others
      if (code < ZERO || code > NINE || octet === 0) return -1;
      octet = octet < 0 ? code - ZERO : octet * 10 + code - ZERO;
      if (octet > 255) return -1;
    }
  }
  return octets === 4 ? address : -1;
}

// The library reads `::1.2.3.4` as mapped, though it is `::102:304`: a dotted tail goes to it as the two groups it stands for.
function hexOnly(text: string): string | null {
  if (IPV6.test(text)) return text;
  const match = IPV6_WITH_TAIL.exec(text);
  if (!match) return null;
  const tail = ipv4Of(match[2]);
  if (tail < 0) return null;
  return `${match[1]}${(tail >>> 16).toString(16)}:${(tail & 0xffff).toString(16)}`;
}

// Canonical text only: groups of lower-case digits, at most one `::`, no dotted tail.
function ipv6Words(ip: string, words: Uint32Array): void {
  words.fill(0);
  // groups that follow `::` are counted from the end
  const gap = ip.indexOf('::');
  const head = gap < 0 ? ip.length : gap;
  let group = 0;
  let value = 0;
  for (let at = 0; at < head; at++) {
    const code = ip.charCodeAt(at);
    if (code === COLON) {
      setGroup(words, group++, value);
      value = 0;
    } else value = value * 16 + digit(code);
  }
  setGroup(words, group, value);
  group = 7;
  let place = 1;
  value = 0;
  for (let at = ip.length - 1; at >= head + 2; at--) {
    const code = ip.charCodeAt(at);
    if (code === COLON) {
      setGroup(words, group--, value);
      value = 0;
      place = 1;
    } else {
      value += digit(code) * place;
      place *= 16;
    }
  }
  if (gap >= 0 && group > 0) setGroup(words, group, value);
}

function setGroup(words: Uint32Array, group: number, value: number): void {
  words[group >>> 1] |= (group & 1) === 0 ? value << 16 : value;
}

function digit(code: number): number {
  return code <= NINE ? code - ZERO : code - LOWER_A + 10;
}

/**
 * X-Forwarded-For normalised for Fastify, which takes each part for an address as it stands: `192.0.2.1:4711` was a different
 * client from `192.0.2.1:4712`, with limits of its own, and `[2001:db8::1]:443` had no /64. Nothing to the left of an invalid
 * part is believed: the client is then the proxy that let it pass.
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
