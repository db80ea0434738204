import { isUtf8 } from 'node:buffer';
import { canonicalIp } from '../../core/addresses/ip-address.js';
import { methodOf } from '../access-entry.schema.js';
import { UNREADABLE, clientAddress, isAddress } from '../client-address.js';
import { type Line, LineParser } from './line-parser.js';
import { NOTES, type Note, type ParserStart } from './record-parser.js';
import { latencyIn, restOf, STATUS } from './rest-of-line.js';

const TIME =
  /\[(\d\d)\/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\/(\d{4}):(\d\d:\d\d:\d\d(?:\.\d{1,9})?) ([+-]\d\d):?(\d\d)\]/;
const REQUEST = /^([A-Za-z][A-Za-z_-]*) (.*?)( HTTP\/\d(?:\.\d)?)?$/s;

const MONTHS = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((name, i) => [
    name,
    String(i + 1).padStart(2, '0'),
  ]),
);

const SPACE = ' ';
const QUOTED_OR_WORD = /"[^"]*"|[^\s",]+(?:,\s*[^\s",]+)*,?/g;
const ESCAPE = /\\(?:x([0-9A-Fa-f]{2})|(.))/gs;
const SHORT: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', v: '\v', b: '\b', f: '\f' };
const CONTROL = /[\x00-\x1f\x7f]/;

/**
 * `HOST IDENT USER [TIME] "REQUEST" STATUS BYTES`, and in the combined format `"REFERER" "USER-AGENT"` after it; a virtual
 * host or a list of proxies may stand before it all, and nginx's request time behind it. A host name (HostnameLookups) is no
 * address, and a request line that is none (a scanner's bytes) has no method and path: the rest of such a line still counts.
 */
export function parseLogLine(text: string): Line {
  const line = unwrapped(text);
  const time = TIME.exec(line);
  if (time === null) return refused('timestamp', 'is not a time such as [10/Oct/2000:13:55:36 -0700]');
  const rest = restOf(line, time.index + time[0].length);
  if (rest === null) return refused('', 'is not in the Common or Combined Log Format');
  if (!STATUS.test(rest.status)) return refused('status', 'must be a whole number from 100 to 599');
  const ip = hostAddress(line, time.index);
  if (ip === UNREADABLE) return refused('ip', 'must be an IPv4 or IPv6 address, or a host name');
  const request = requestIn(unescaped(rest.request));
  const value = {
    timestamp: rfc3339(time),
    ip,
    method: request.method,
    path: request.path,
    status: rest.status === '-' ? null : Number(rest.status),
    user_agent: rest.agent === null || rest.agent === '-' ? null : unescaped(rest.agent),
  };
  if (rest.behind !== '') Object.assign(value, latencyIn(rest.behind));
  const notes = request.notes ?? [];
  if (ip === null && !line.startsWith('- ')) notes.push(NOTES.host);
  if (rest.isOpen) notes.push(NOTES.isOpen);
  return { value, notes: notes.length > 0 ? notes : undefined };
}

interface Request {
  method: string | null;
  path: string | null;
  notes?: Note[];
}

function requestIn(text: string): Request {
  const match = REQUEST.exec(text);
  if (match !== null) {
    const [, method, path, protocol] = match;
    if (methodOf(method) !== null) return { method, path };
    // `BADMETHOD / HTTP/1.1` asked for a path; `EHLO example.com` did not.
    if (protocol !== undefined) return { method: null, path, notes: [NOTES.method] };
  }
  const isNone = text === '' || text === '-';
  return { method: null, path: null, notes: isNone ? undefined : [NOTES.request] };
}

// OpenLiteSpeed puts the whole line in quotes, and a spreadsheet doubles those that it finds inside.
function unwrapped(line: string): string {
  if (line.charCodeAt(0) !== QUOTE || !line.endsWith('"')) return line;
  const time = line.indexOf(' [');
  if (time < 0 || line.lastIndexOf('"', time) > 0) return line;
  const inside = line.slice(1, -1);
  return inside.includes('] ""') ? inside.replaceAll('""', '"') : inside;
}

const QUOTE = 0x22;

function rfc3339([, day, month, year, clock, offsetHours, offsetMinutes]: RegExpExecArray): string {
  return `${year}-${MONTHS.get(month)}-${day}T${clock}${offsetHours}:${offsetMinutes}`;
}

function refused(field: string, message: string): Line {
  return { error: { field, message, type: 'format' } };
}

/** Access logs of Apache and nginx in the Common or Combined Log Format. */
export class CommonLogParser extends LineParser {
  constructor(start?: ParserStart) {
    super(parseLogLine, start);
  }
}

/** The client of a line whose time begins at `end`: null for a host name or none. */
function hostAddress(line: string, end: number): string | null | typeof UNREADABLE {
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

/**
 * A text of a log without the escapes that Apache and nginx write (`\"`, `\x22`, bytes of UTF-8 one by one). As it stood
 * where these hide control characters or bytes that are no text.
 */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes = Buffer.concat(pieces(text));
  if (!isUtf8(bytes)) return text;
  const plain = bytes.toString('utf8');
  return CONTROL.test(plain) ? text : plain;
}

function pieces(text: string): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  for (const match of text.matchAll(ESCAPE)) {
    found.push(Buffer.from(text.slice(at, match.index)));
    const [escape, hex, letter] = match;
    found.push(hex === undefined ? Buffer.from(SHORT[letter] ?? letter) : Buffer.from(hex, 'hex'));
    at = match.index + escape.length;
  }
  found.push(Buffer.from(text.slice(at)));
  return found;
}
