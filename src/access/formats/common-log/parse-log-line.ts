import { methodOf } from '../../access-entry.schema.js';
import { UNREADABLE } from '../../client-address.js';
import type { Line } from '../kit/line-parser.js';
import { NOTES, type Note } from '../kit/notes.js';
import { hostAddress } from './host-address.js';
import { latencyIn, restOf, STATUS } from './rest-of-line.js';
import { unescaped } from './unescaped.js';

const TIME =
  /\[(\d\d)\/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\/(\d{4}):(\d\d:\d\d:\d\d(?:\.\d{1,9})?) ([+-]\d\d):?(\d\d)\]/;
const REQUEST = /^([A-Za-z][A-Za-z_-]*) (.*?)( HTTP\/\d(?:\.\d)?)?$/s;

const MONTHS = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((name, i) => [
    name,
    String(i + 1).padStart(2, '0'),
  ]),
);

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
