import { RATHER_THAN_SKIP } from '../../api/query-checks.js';
import { ignored, refuse } from '../../api/query-parameters.js';
import type { AccessFilter, AccessPageRequest } from '../../core/access-reader.js';
import type { AccessWindow } from '../../core/access-stats.js';
import type { FieldError } from '../../core/errors.js';
import type { Micros } from '../../core/event.js';
import { parseRfc3339 } from '../../core/rfc3339.js';
import { MAX_SKIPPED_BY_PATH, TIME_CODES, type LogsQuery } from './logs.dto.js';
import { windowOf } from './window.js';

/** What GET /logs asks for. */
export interface LogsQuestion {
  filter: AccessFilter;
  page: AccessPageRequest;
  count: 'auto' | 'exact' | 'none';
  /** Of a `range`: the pages after the first are of the same window. */
  window?: AccessWindow;
  /** What was ignored. */
  warnings: string[];
}

/** @throws SightlineError that names the parameters that do not go together */
export function logsQuestion(query: LogsQuery, now: Micros): LogsQuestion {
  const errors: FieldError[] = [];
  const { window, cursor } = placeOf(query, now, errors);
  const { from, to } = window ?? timesOf(query);
  if (from !== undefined && to !== undefined && from >= to) {
    errors.push({ field: 'to', message: 'must be after from' });
  }
  if (cursor !== undefined && query.offset) {
    errors.push({ field: 'offset', message: 'does not go with a cursor: give one of them' });
  }
  if (query.path !== undefined && (query.offset ?? 0) > MAX_SKIPPED_BY_PATH) {
    const message = `must not be above ${MAX_SKIPPED_BY_PATH} with path: ${RATHER_THAN_SKIP}`;
    errors.push({ field: 'offset', message });
  }
  refuse(errors, TIME_CODES);
  const { ip, status, method, path } = query;
  return {
    filter: { ip, status, method, path, from, to },
    page: { limit: query.limit ?? 50, offset: query.offset ?? 0, cursor },
    count: query.count ?? 'auto',
    window,
    warnings: query.others.map(([name]) => ignored(name)),
  };
}

function timesOf({ from, to }: LogsQuery): Partial<AccessWindow> {
  const parsed = (time?: string) => (time === undefined ? undefined : (parseRfc3339(time) ?? undefined));
  return { from: parsed(from), to: parsed(to) };
}

// Time goes on between two pages of a range: its cursors carry the window in front.
function placeOf(
  query: LogsQuery,
  now: Micros,
  errors: FieldError[],
): Pick<LogsQuestion, 'window'> & { cursor?: string } {
  const { range, cursor } = query;
  if (range === undefined) return { cursor };
  if (query.from !== undefined || query.to !== undefined) {
    errors.push({ field: 'range', message: 'cannot be combined with from and to' });
  }
  if (cursor === undefined) return { window: windowOf(range, now) };
  const [, from, to, rest] = /^(\d{1,9})-(\d{1,9})\.(.+)$/s.exec(cursor) ?? [];
  if (rest === undefined) errors.push({ field: 'cursor', message: 'is not a next_cursor of this range' });
  return { window: { from: Number(from) * MINUTE, to: Number(to) * MINUTE }, cursor: rest };
}

const MINUTE: Micros = 60_000_000;

/** The cursor of the page after this one, as clients are given it. */
export function nextCursorOf({ window }: LogsQuestion, nextCursor: string | null): string | null {
  if (nextCursor === null || !window) return nextCursor;
  return `${window.from / MINUTE}-${window.to / MINUTE}.${nextCursor}`;
}
