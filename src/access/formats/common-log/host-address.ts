import { canonicalIp } from '../../../core/ip-address.js';
import { clientAddress, isAddress, type UNREADABLE } from '../../client-address.js';

const SPACE = ' ';
const QUOTED_OR_WORD = /"[^"]*"|[^\s",]+(?:,\s*[^\s",]+)*,?/g;

/** The client of a line whose time begins at `end`: null for a host name or none. */
export function hostAddress(line: string, end: number): string | null | typeof UNREADABLE {
  const first = line.indexOf(SPACE);
  const second = line.indexOf(SPACE, first + 1);
  const third = line.indexOf(SPACE, second + 1);
  // `HOST IDENT USER [`, as most lines are.
  if (third === end - 1 && second > 0) {
    const ip = canonicalIp(line.slice(0, first));
    if (ip !== null) return ip;
  }
  return addressAmong(line.slice(0, end).match(QUOTED_OR_WORD) ?? []);
}

/**
 * HOST stands before IDENT and USER, and IDENT is `-` nearly always; a USER may have several words. What stands before HOST is a
 * virtual host or a server's own address, or what proxies have written of the client: then it is a list, or in quotes.
 */
function addressAmong(fields: readonly string[]): string | null | typeof UNREADABLE {
  const forwarded = fields.find((field) => /[",]/.test(field) && isAddress(field));
  if (forwarded !== undefined) return clientAddress(forwarded);
  const ident = fields.indexOf('-', 1);
  const places = [fields.at(-3), fields[ident - 1], fields[0]].filter((field) => field !== undefined);
  const host = places.find(isAddress) ?? fields[ident - 1] ?? places[0] ?? '';
  return clientAddress(host);
}
