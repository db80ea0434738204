/** What follows the time of a line. */
interface RestOfLine {
  request: string;
  /** Verbatim, whatever its characters. */
  status: string;
  /** null where the line ends before it. */
  agent: string | null;
  /** Does the line break off inside a quoted text? */
  isOpen: boolean;
  /** The fields after these. */
  behind: string;
}

// Quoted texts hold quotes behind a backslash only.
const STRICT = / "((?:[^"\\]|\\.)*)" (\S+) (?:\d+|-)(?: "(?:[^"\\]|\\.)*" "((?:[^"\\]|\\.)*)")?(?= |$)/y;
/** Fields, quoted or not: `"web@docker"`, `1ms`, `rt=0.005`, `uct="0.001"`. */
const FIELDS = /(?: +(?:"(?:[^"\\]|\\.)*"|[^\s"]+(?:(?<==)"[^"]*")?))* *$/y;
/** Digits, or `-` for none. */
export const STATUS = /^(?:\d+|-)$/;
const STATUS_AND_BYTES = /" (\d{1,3}|-) (?:\d+|-)(?= |$)/g;
/** How many places are tried as the end of a user agent that holds quotes: a scanner's text must not cost a second. */
const MOST_ENDS = 16;
const NAMED = / (?:rt|request_time|req_time)="?(\d{1,9}\.\d{3})"?(?= |$)/;
const BEHIND_AGENT = /^ "?(\d{1,9}\.\d{3})"?(?= |$)/;
const MILLISECONDS = / (\d{1,12}(?:\.\d+)?)ms$/;

/** null where this is neither the Common nor the Combined Log Format. */
export function restOf(line: string, at: number): RestOfLine | null {
  STRICT.lastIndex = at;
  const strict = STRICT.exec(line);
  if (strict === null) return withQuotesInside(line, at);
  const end = STRICT.lastIndex;
  const [, request, status, agent = null] = strict;
  const found = { request, status, agent, isOpen: false, behind: line.slice(end) };
  if (isFields(line, end) && STATUS.test(status)) return found;
  const other = withQuotesInside(line, at);
  return other !== null && (agent === null || isFields(other.behind, 0)) ? other : found;
}

/** Traefik escapes no quote, and lets any stand in the request, the referer and the agent. */
function withQuotesInside(line: string, at: number): RestOfLine | null {
  if (!line.startsWith(' "', at)) return null;
  STATUS_AND_BYTES.lastIndex = at + 2;
  const match = STATUS_AND_BYTES.exec(line);
  if (match === null) return null;
  const request = line.slice(at + 2, match.index);
  return { request, status: match[1], ...agentBehind(line, STATUS_AND_BYTES.lastIndex) };
}

type Tail = Pick<RestOfLine, 'agent' | 'isOpen' | 'behind'>;

function agentBehind(line: string, at: number): Tail {
  const between = line.startsWith(' "', at) ? line.indexOf('" "', at + 2) : -1;
  if (between < 0) return { agent: null, isOpen: !isFields(line, at), behind: line.slice(at) };
  const begin = between + 3;
  const tail = (end: number): Tail => ({
    agent: line.slice(begin, end),
    isOpen: false,
    behind: line.slice(end + 1),
  });
  let end = line.indexOf('"', begin);
  for (let tries = 0; end >= 0 && tries < MOST_ENDS; tries++) {
    if (isFields(line, end + 1)) return tail(end);
    end = line.indexOf('"', end + 1);
  }
  const last = line.lastIndexOf('"');
  return last >= begin ? tail(last) : { agent: line.slice(begin), isOpen: true, behind: '' };
}

function isFields(line: string, at: number): boolean {
  if (at === line.length) return true;
  FIELDS.lastIndex = at;
  return FIELDS.test(line);
}

/**
 * What the fields behind the agent say of how long a request took: `rt=0.005`, `request_time=0.005` or, at once behind it, 0.005
 * (nginx's $request_time: seconds with three digits), or `12ms` at the end (Traefik).
 */
export function latencyIn(behind: string): { request_time?: string; latency_ms?: number } {
  const seconds = (BEHIND_AGENT.exec(behind) ?? NAMED.exec(behind))?.[1];
  if (seconds !== undefined) return { request_time: seconds };
  const ms = MILLISECONDS.exec(behind)?.[1];
  return ms === undefined ? {} : { latency_ms: Number(ms) };
}
