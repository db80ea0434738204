import { Injectable } from '@nestjs/common';
import type { FieldError } from '../../core/errors.js';
import { knownCount, readList, type BoundedList } from '../../core/json/bounded-list.js';
import {
  AccessReader,
  type AccessFilter,
  type AccessPageRequest,
  type AccessPosition,
} from '../../core/ports/access-reader.js';
import type { AccessWindow } from '../../core/ports/access-stats.js';
import { Clock } from '../../core/ports/clock.js';
import type { Count } from '../../core/ports/event-reader.js';
import { FairSemaphore } from '../../core/semaphore.js';
import type { Micros } from '../../core/time.js';
import { microsOf, RATHER_THAN_SKIP } from '../../http/query/query-checks.js';
import { ignored, refuse } from '../../http/query/query-parameters.js';
import { logsPlace, nextLogsCursor } from './logs-cursor.js';
import { type AccessPageMeta, type LogsQuery, MAX_SKIPPED_BY_PATH, TIME_CODES } from './logs.dto.js';
import { windowOf } from './window.js';

/** Entries of a first query: path and user agent have at most 3,072 characters together, so this is 3 MB at most. */
const FIRST_ENTRIES = 250;

/** A page as it is answered. */
interface LogsPage extends Pick<EntryList, 'json' | 'count'> {
  meta: AccessPageMeta;
}

type EntryList = BoundedList<AccessPosition>;

/** Answers queries about stored access entries. */
@Injectable()
export class LogsService {
  /** One at a time of a project, two of all. */
  private readonly longLists = FairSemaphore.shared(2);

  constructor(
    private readonly entries: AccessReader,
    private readonly clock: Clock,
  ) {}

  /** @throws SightlineError `validation_error`, `invalid_end_time`, `invalid_cursor` */
  async page(projectId: number, query: LogsQuery): Promise<LogsPage> {
    const asked = logsRequest(projectId, query, this.clock.nowMs() * 1000);
    const { filter, page: request } = asked;
    const [list, early] = await Promise.all([
      this.read(projectId, asked),
      // Both search by path, which is slow: they run concurrently, though the page may make the count unnecessary.
      filter.path === undefined ? null : this.count(projectId, asked),
    ]);
    const warnings = list.isCut ? [...asked.warnings, cutShort(list.count, request.limit)] : asked.warnings;
    const known = asked.count === 'none' ? null : knownCount(list, request);
    const count = known ?? early ?? (await this.count(projectId, asked));
    const meta = {
      total: count?.total ?? null,
      ...(count?.estimated && { total_estimated: true as const }),
      limit: request.limit,
      offset: request.offset,
      next_cursor: nextLogsCursor(projectId, query, list.next && { ...list.next, ...asked.window }),
      ...(warnings.length > 0 && { warnings }),
    };
    return { json: list.json, count: list.count, meta };
  }

  private read(projectId: number, { filter, page: request }: LogsRequest): Promise<EntryList> {
    return readList<AccessPosition>(
      request.limit,
      FIRST_ENTRIES,
      async ({ maxRows, after }) => {
        const place = after === undefined ? request : { offset: 0, after };
        const page = await this.entries.page(projectId, filter, { ...place, limit: maxRows });
        const { entries, next, total } = page;
        // one call for all: a call for each entry took 2.5 µs more of CPU
        return { count: entries.length, json: [JSON.stringify(entries).slice(1, -1)], next, total };
      },
      (rest) => this.longLists.run(rest, projectId),
    );
  }

  private async count(projectId: number, { filter, count }: LogsRequest): Promise<Count | null> {
    return count === 'none' ? null : this.entries.count(projectId, filter, count);
  }
}

function cutShort(given: number, asked: number): string {
  return `The page ends after ${given} of ${asked} entries, as more would be too long for one answer: go on by next_cursor`;
}

/** What GET /logs asks for. */
interface LogsRequest {
  filter: AccessFilter;
  page: AccessPageRequest;
  count: 'auto' | 'exact' | 'none';
  /** Of a `range`: the pages after the first are of the same window. */
  window?: AccessWindow;
  /** What was ignored. */
  warnings: string[];
}

/** @throws SightlineError that names the parameters that do not go together; `invalid_cursor` */
export function logsRequest(projectId: number, query: LogsQuery, now: Micros): LogsRequest {
  refuse(contradictions(query), TIME_CODES);
  const { ip, status, method, path, range } = query;
  const place = logsPlace(projectId, query);
  const window = range && { ...windowOf(range, now), ...(place && { from: place.from!, to: place.to! }) };
  const { from, to } = window ?? { from: microsOf(query.from), to: microsOf(query.to) };
  return {
    filter: { ip, status, method, path, from, to },
    page: { limit: query.limit ?? 50, offset: query.offset ?? 0, after: place ?? undefined },
    count: query.count ?? 'auto',
    window,
    warnings: query.others.map(([name]) => ignored(name)),
  };
}

function contradictions(query: LogsQuery): FieldError[] {
  const errors: FieldError[] = [];
  const [from, to] = [microsOf(query.from), microsOf(query.to)];
  if (query.range !== undefined && (from !== undefined || to !== undefined)) {
    errors.push({ field: 'range', message: 'cannot be combined with from and to' });
  }
  if (from !== undefined && to !== undefined && from >= to) {
    errors.push({ field: 'to', message: 'must be after from' });
  }
  if (query.cursor !== undefined && query.offset) {
    errors.push({ field: 'offset', message: 'does not go with a cursor: give one of them' });
  }
  if (query.path !== undefined && (query.offset ?? 0) > MAX_SKIPPED_BY_PATH) {
    const message = `must not be above ${MAX_SKIPPED_BY_PATH} with path: ${RATHER_THAN_SKIP}`;
    errors.push({ field: 'offset', message });
  }
  return errors;
}
