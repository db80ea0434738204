import { canonicalIp } from '../../../core/ip-address.js';
import type { Line } from '../kit/line-parser.js';
import { unescaped } from './unescaped.js';

const TIME =
  / \[(\d\d)\/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)\]/;
// Quoted texts hold quotes behind a backslash only. What follows those of the combined format is passed over.
const REST = / "((?:[^"\\]|\\.)*)" (\d{3}|-) (?:\d+|-)(?: "(?:[^"\\]|\\.)*" "((?:[^"\\]|\\.)*)")?(?= |$)/y;
const REQUEST = /^([A-Za-z][A-Za-z_-]*) (.*?)(?: HTTP\/\d(?:\.\d)?)?$/s;

const MONTHS = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((name, i) => [
    name,
    String(i + 1).padStart(2, '0'),
  ]),
);

/**
 * `HOST IDENT USER [TIME] "REQUEST" STATUS BYTES`, and in the combined format `"REFERER" "USER-AGENT"` after it; a virtual
 * host may stand before it all. A host name (HostnameLookups) is no address, and a request line that is none (a scanner's
 * bytes) has no method and path: the rest of such a line still counts.
 */
export function parseLogLine(line: string): Line {
  const time = TIME.exec(line);
  if (time === null) return refused('timestamp', 'is not a time such as [10/Oct/2000:13:55:36 -0700]');
  REST.lastIndex = time.index + time[0].length;
  const rest = REST.exec(line);
  if (rest === null) return refused('', 'is not in the Common or Combined Log Format');
  const request = REQUEST.exec(unescaped(rest[1]));
  return {
    value: {
      timestamp: rfc3339(time),
      ip: addressOf(line.slice(0, time.index)),
      method: request?.[1] ?? null,
      path: request?.[2] ?? null,
      status: rest[2] === '-' ? null : Number(rest[2]),
      user_agent: rest[3] === undefined || rest[3] === '-' ? null : unescaped(rest[3]),
    },
  };
}

// Before IDENT and USER; a USER of several words hides that, but not an address in the first place.
function addressOf(head: string): string | null {
  const fields = head.split(' ');
  return canonicalIp(fields[0]) ?? canonicalIp(fields.at(-3) ?? '');
}

function rfc3339([, day, month, year, clock, offsetHours, offsetMinutes]: RegExpExecArray): string {
  return `${year}-${MONTHS.get(month)}-${day}T${clock}${offsetHours}:${offsetMinutes}`;
}

function refused(field: string, message: string): Line {
  return { error: { field, message, type: 'format' } };
}
