const NAMED = / (?:rt|request_time|req_time)="?(\d{1,9}\.\d{3})"?(?= |$)/;
const BEHIND_AGENT = /^ "?(\d{1,9}\.\d{3})"?(?= |$)/;
const MILLISECONDS = / (\d{1,12}(?:\.\d+)?)ms$/;

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
