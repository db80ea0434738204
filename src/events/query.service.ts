import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { SightlineError } from '../core/errors.js';
import { CHUNK_BYTES, knownCount, readList, type BoundedList } from '../core/json/bounded-list.js';
import { textOf } from '../core/json/buffers.js';
import { Cache, type Cached } from '../core/ports/cache.js';
import { EventReader, type Count, type EventPosition } from '../core/ports/event-reader.js';
import { eventPieces, type StoredEvent } from '../core/records/event.js';
import { FairSemaphore } from '../core/semaphore.js';
import { isStorable } from '../http/query/query-checks.js';
import type { PageOfEvents } from './event.dto.js';
import { nextCursorOf, recentRequest, type FilterRequest } from './filter-request.js';

/** Events of a first query: at most 13 MB as MAX_EVENT_SIZE_KB is by default, and no more than a page that is not asked to be longer. */
const FIRST_EVENTS = 50;

/** A page as it is answered. */
export interface FilteredAnswer {
  /** The events, as an array of JSON; text, as it may be kept and given to several. */
  json: string;
  count: number;
  page: PageOfEvents;
}

/** A page of 50 events of 2 kB. A larger one would push a hundred answers of statistics out of the cache. */
const MOST_KEPT_CHARACTERS = 128 * 1024;

/** Answers queries about stored events. */
@Injectable()
export class QueryService {
  /** By project whose last list had unusually large events: how many of them fill a chunk. */
  private readonly firstEvents = new Map<number, number>();

  /** One at a time of a project, two of all. */
  private readonly longLists = FairSemaphore.shared(2);

  /** How long a page is kept while its project stores nothing. */
  private readonly keptMs: number;

  constructor(
    private readonly events: EventReader,
    private readonly cache: Cache,
    @Inject(CONFIG) { statsCacheS, workers, redisUrl }: Config,
  ) {
    // Workers without a shared cache do not learn of each other's events: a client that asks another worker after a 201 must
    // find its event.
    this.keptMs = workers > 1 && redisUrl === '' ? 0 : statsCacheS * 1000;
  }

  /** The newest by time of receipt; the cursor is one of `filter` without parameters. */
  async recent(
    projectId: number,
    limit: number,
  ): Promise<BoundedList<EventPosition> & { nextCursor: string | null }> {
    const query = recentRequest(projectId, limit);
    const list = await this.read(query);
    return { ...list, nextCursor: nextCursorOf(query, list.next) };
  }

  /** @throws SightlineError `not_found` */
  async byEventId(projectId: number, eventId: string): Promise<StoredEvent> {
    // What cannot be stored was not stored; PostgreSQL would refuse the query.
    const event = isStorable(eventId) ? await this.events.byEventId(projectId, eventId) : null;
    if (!event) throw new SightlineError('not_found', 'There is no event with this event_id');
    return event;
  }

  /** Kept until its project stores something; `fresh` has it read in any case. @throws SightlineError `timeout` */
  async filter(query: FilterRequest, fresh: boolean): Promise<FilteredAnswer & Cached> {
    const key = `filter ${hash('sha256', JSON.stringify(query), 'base64url')}`;
    // two lines of JSON: the list of events is not parsed again
    const compute = async () => {
      const { json, ...head } = await this.page(query);
      return `${JSON.stringify(head)}\n${json}`;
    };
    const scope = String(query.projectId);
    const cached = await this.cache.getOrCompute(
      scope,
      key,
      this.keptMs,
      compute,
      fresh,
      MOST_KEPT_CHARACTERS,
    );
    const end = cached.json.indexOf('\n');
    const head = JSON.parse(cached.json.slice(0, end)) as Omit<FilteredAnswer, 'json'>;
    return { ...cached, ...head, json: cached.json.slice(end + 1) };
  }

  private async page(query: FilterRequest): Promise<FilteredAnswer> {
    const { request, pageNumber, warnings } = query;
    const [list, early] = await Promise.all([
      this.read(query),
      // Both look for properties, which takes a while: they run concurrently, though the page may make the count unnecessary.
      query.filter.properties.length === 0 ? null : this.count(query),
    ]);
    const known = query.count === 'none' ? null : knownCount(list, request);
    const total = known ?? early ?? (await this.count(query));
    const page = {
      total_count: total?.total ?? null,
      ...(total?.estimated && { total_count_estimated: true as const }),
      page: pageNumber,
      page_size: request.pageSize,
      total_pages: total && Math.ceil(total.total / request.pageSize),
      next_cursor: nextCursorOf(query, list.next),
      warnings: list.isCut ? [...warnings, cutShort(list.count, request.pageSize)] : warnings,
    };
    return { json: textOf(list.json), count: list.count, page };
  }

  private async read({ projectId, filter, request }: FilterRequest): Promise<BoundedList<EventPosition>> {
    const first = this.firstEvents.get(projectId) ?? FIRST_EVENTS;
    const list = await readList<EventPosition>(
      request.pageSize,
      first,
      async ({ maxRows, maxBytes, after }) => {
        const place = after === undefined ? request : { ...request, offset: 0, after };
        const page = await this.events.page(projectId, filter, { ...place, pageSize: maxRows, maxBytes });
        const { events, next, total } = page;
        return { count: events.length, json: eventPieces(events, ','), next, total };
      },
      (rest) => this.longLists.run(rest, projectId),
    );
    const fitting = Math.ceil(CHUNK_BYTES / (list.bytes / list.count));
    // Of 50 events of 255 kB the database sends 13 MB, of which all but half a megabyte are dropped.
    if (fitting < FIRST_EVENTS) this.firstEvents.set(projectId, fitting);
    else this.firstEvents.delete(projectId);
    return list;
  }

  private async count({ projectId, filter, count }: FilterRequest): Promise<Count | null> {
    return count === 'none' ? null : this.events.count(projectId, filter, count);
  }
}

function cutShort(given: number, asked: number): string {
  return `The page ends after ${given} of ${asked} events, as more would be too long for one answer: go on by next_cursor, the next page number would leave some out`;
}
