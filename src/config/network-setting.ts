import { BlockList, isIP } from 'node:net';
import { setting, splitList, type Setting } from './setting.js';

export interface ListenAddress {
  /** '' where only a port was given. */
  host: string;
  port: number;
}

/** `HOST:PORT`, `[IPv6]:PORT` or `:PORT`. */
export function listenAddress(env: string, help: string): Setting<ListenAddress | null> {
  return setting<ListenAddress | null>(env, null, help, 'HOST:PORT or :PORT', parseListenAddress);
}

/** The same with a default; kept as it is written, for `parseListenAddress`. */
export function listenAddressText(env: string, fallback: string, help: string): Setting<string> {
  return setting(env, fallback, help, 'HOST:PORT or :PORT', (raw) => {
    parseListenAddress(raw);
    return raw.trim();
  });
}

/** @throws an Error that does not hold the text */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^\s*(?:\[([0-9a-f:.%]+)\]|([^\s:[\]]*)):(\d{1,5})\s*$/i.exec(text);
  if (!match || Number(match[3]) > 65_535) throw new Error('must be HOST:PORT or :PORT');
  return { host: match[1] ?? match[2], port: Number(match[3]) };
}

/** IP addresses and CIDR ranges by comma. */
export function addressRanges(env: string, help: string): Setting<readonly string[]> {
  const accepts = 'addresses or CIDR ranges by comma';
  const parse = (raw: string) => {
    const ranges = splitList(raw);
    if (!ranges.every(isRange)) throw new Error('must be a list by comma of addresses or CIDR ranges');
    return ranges;
  };
  return setting<readonly string[]>(env, [], help, accepts, parse, { blankCounts: true });
}

function isRange(range: string): boolean {
  const [address, bits, ...rest] = range.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  if (!/^\d{1,3}$/.test(bits)) return false;
  try {
    new BlockList().addSubnet(address, Number(bits), version === 6 ? 'ipv6' : 'ipv4');
    return true;
  } catch {
    return false;
  }
}

/** A route's path; no characters that a router would take for a pattern. */
export function urlPath(env: string, fallback: string, help: string): Setting<string> {
  return setting(env, fallback, help, 'a path that starts with /', (raw) => {
    if (!/^\/[\w.~/-]+$/.test(raw)) throw new Error('must be a path that starts with /');
    return raw;
  });
}

/** A URL that may hold a password. */
export function secretUrl(env: string, schemes: readonly string[], help: string): Setting<string> {
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
  return setting(env, '', help, accepts, parse, { secret: true });
}
