import { BlockList, isIP } from 'node:net';
import { setting, splitList, type Setting, type Told } from './setting.js';

export interface ListenAddress {
  /** '' where only a port was given. */
  host: string;
  port: number;
}

/** `HOST:PORT`, `[IPv6]:PORT` or `:PORT`. */
export function listenAddress(env: string, told: Told): Setting<ListenAddress | null> {
  return setting<ListenAddress | null>(env, null, 'HOST:PORT or :PORT', parseListenAddress, told);
}

/** The same with a default; kept as it is written, for `parseListenAddress`. */
export function listenAddressText(env: string, fallback: string, told: Told): Setting<string> {
  const parse = (raw: string) => {
    parseListenAddress(raw);
    return raw.trim();
  };
  return setting(env, fallback, 'HOST:PORT or :PORT', parse, told);
}

/** @throws an Error that does not hold the text */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^\s*(?:\[([0-9a-f:.%]+)\]|([^\s:[\]]*)):(\d{1,5})\s*$/i.exec(text);
  if (!match || Number(match[3]) > 65_535) throw new Error('must be HOST:PORT or :PORT');
  return { host: match[1] ?? match[2], port: Number(match[3]) };
}

const LOOPBACK = asList('127.0.0.0/8')!;

/** Is a server that listens on this host reachable from its own machine only? */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && LOOPBACK.check(host));
}

/** IP addresses and CIDR ranges by comma; none of all addresses. */
export function addressRanges(env: string, told: Told): Setting<readonly string[]> {
  const accepts = 'a comma-separated list of addresses or CIDR ranges';
  const parse = (raw: string) => {
    const ranges = splitList(raw);
    if (!ranges.every((range) => asList(range) !== null)) throw new Error(`must be ${accepts}`);
    if (ranges.some(isEverybody)) {
      throw new Error('must not cover every address: anyone could then forge the address of a client');
    }
    return ranges;
  };
  return setting<readonly string[]>(env, [], accepts, parse, { ...told, blankCounts: true });
}

// Also in IPv6 notation: `::ffff:0:0/96`, or a range that contains it.
function isEverybody(range: string): boolean {
  const ends = ['0.0.0.0', '255.255.255.255'];
  const list = asList(range);
  return (
    list !== null &&
    (ends.every((end) => list.check(end)) || ends.every((end) => list.check(`::ffff:${end}`, 'ipv6')))
  );
}

/** null for what is no address and no range. */
function asList(range: string): BlockList | null {
  const [address, bits, ...rest] = range.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return null;
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) return null;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  try {
    // without the zone that a link-local address may have (`fe80::1%eth0`)
    list.addSubnet(address.replace(/%.*/, ''), Number(bits ?? (version === 6 ? 128 : 32)), family);
    return list;
  } catch {
    return null;
  }
}

/** A route's path; no characters that a router would take for a pattern. */
export function urlPath(env: string, fallback: string, told: Told): Setting<string> {
  const parse = (raw: string) => {
    if (!/^\/[\w.~/-]+$/.test(raw)) throw new Error('must be a path that starts with /');
    return raw;
  };
  return setting(env, fallback, 'a path that starts with /', parse, told);
}

/** Origins as browsers send them, separated by commas. `*` is refused: a list that admits everybody is no list. */
export function origins(env: string, told: Told): Setting<readonly string[]> {
  const accepts = 'a comma-separated list of origins such as https://app.example.com';
  const parse = (raw: string) => {
    const items = splitList(raw);
    if (items.some((item) => URL.parse(item)?.origin !== item)) throw new Error(`must be ${accepts}`);
    return items;
  };
  return setting<readonly string[]>(env, [], accepts, parse, told);
}

/** A URL that may hold a password. */
export function secretUrl(env: string, schemes: readonly string[], told: Told): Setting<string> {
  const accepts = schemes.map((scheme) => `${scheme}://…`).join(' or ');
  const parse = (raw: string) => {
    const url = raw.trim();
    // A host may be missing where a socket's directory follows as a parameter.
    const parsed = URL.parse(url) ?? URL.parse(url.replace('@/', '@localhost/'));
    if (!parsed || !schemes.includes(parsed.protocol.slice(0, -1)) || !url.includes('://')) {
      throw new Error(`must be a URL: ${accepts}`);
    }
    return url;
  };
  return setting(env, '', accepts, parse, { ...told, secret: true });
}
