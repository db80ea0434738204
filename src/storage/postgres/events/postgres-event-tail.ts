import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../core/ports/clock.js';
import type { EventFilter } from '../../../core/ports/event-reader.js';
import {
  EventTail,
  type TailHead,
  type TailPage,
  type TailRange,
  MAX_LAG_DAYS,
} from '../../../core/ports/event-tail.js';
import type { StoredEvent } from '../../../core/records/event.js';
import { FairSemaphore } from '../../../core/semaphore.js';
import { DAY_MS } from '../../../core/time.js';
import { Values, where, type Condition } from '../reading/values.js';
import { type Queryable, rows, firstRows } from '../sql.js';
import { filterConditions } from './filter-conditions.js';
import { EVENT_COLUMNS } from './select-page.js';

/** How long a head waits for running appends, which take a few milliseconds, so that ids are seen in order. */
const PATIENCE_MS = 200;
const LOOK_AGAIN_MS = 40;
/** While a writer takes for ever, no more is remembered than this: what it holds up is decided in larger steps. */
const MAX_MARKS = 1000;
const MAX_LAG_MS = MAX_LAG_DAYS * DAY_MS;

/** Ids up to `given` are settled once none of these writers is running any more. */
interface Mark {
  given: number;
  writers: ReadonlySet<string>;
}

/** Follows the table of events by its ids, and the locks of those who write to it. */
export class PostgresEventTail extends EventTail {
  private readonly marks: Mark[] = [];
  private watermark = 0;
  /** Marks must be made in order. */
  private readonly mutex = new FairSemaphore(1);

  constructor(
    private readonly database: { query: Queryable },
    private readonly clock: Clock,
  ) {
    super();
  }

  head(): Promise<TailHead> {
    return this.mutex.run(() => this.findHead());
  }

  async tail(
    projectId: number,
    filter: EventFilter,
    range: TailRange,
    limit: number,
    maxBytes: number,
  ): Promise<TailPage> {
    const { after, upTo, except, sinceMs } = range;
    // Without the bound on receipt every partition there is would be looked into.
    const received = { ...filter, timeField: 'created_at', from: (sinceMs - MAX_LAG_MS) * 1000 } as const;
    const ids: Condition[] = [
      (values) => `id > ${values.bind(after)} and id <= ${values.bind(upTo)}`,
      ...(except.length > 0 ? [(values: Values) => `id <> all(${values.bind(except)}::bigint[])`] : []),
    ];
    // few ids: no index on values is needed
    const { scope, values: wanted } = filterConditions(projectId, received);
    const values = new Values();
    const text = `
      select ${EVENT_COLUMNS}
      from events
      ${where([...scope, ...wanted, ...ids], values)}
      order by id
      limit ${values.bind(limit)}`;
    const found = await firstRows<StoredEvent>(this.database.query, { text, values: values.list }, maxBytes);
    return { events: found.rows, isWhole: found.rows.length < limit && !found.isCut };
  }

  private async findHead(): Promise<TailHead> {
    const atMs = this.clock.nowMs();
    const giveUpAtMs = performance.now() + PATIENCE_MS;
    const given = await this.look();
    while (this.watermark < given && performance.now() < giveUpAtMs) {
      await delay(LOOK_AGAIN_MS);
      await this.look();
    }
    return { watermark: this.watermark, readLimit: Math.max(this.watermark, given), atMs };
  }

  /** Gives the highest id that was given to an event; 0 before the first. Not bound to what is committed. */
  private async look(): Promise<number> {
    const { query } = this.database;
    // In this order: who takes an id after the first query has one above `given`; who took it before and is not seen by the
    // second has ended, and whoever asks from now on sees what it did.
    const [{ given }] = await rows<{ given: number }>(query, {
      text: 'select case when is_called then last_value else 0 end as given from event_ids',
    });
    const writers = await selectWriters(query);
    if (this.marks.length < MAX_MARKS) this.marks.push({ given, writers });
    while (this.marks.length > 0 && haveEnded(this.marks[0].writers, writers)) {
      this.watermark = this.marks.shift()!.given;
    }
    return given;
  }
}

function haveEnded(writers: ReadonlySet<string>, running: ReadonlySet<string>): boolean {
  for (const writer of writers) if (running.has(writer)) return false;
  return true;
}

/**
 * The transactions that are storing events now. Whoever takes an id holds this lock before it does, until what it stored
 * can be seen. Running transaction ids (`pg_current_snapshot()`) would not tell: an id is taken before its transaction has
 * one, and reports, dumps and other databases would count as writers.
 */
async function selectWriters(db: Queryable): Promise<Set<string>> {
  const text = `
    select distinct virtualtransaction as writer
    from pg_locks
    where locktype = 'relation' and relation = 'event_keys'::regclass and mode = 'RowExclusiveLock' and granted
      and database = (select oid from pg_database where datname = current_database())`;
  const found = await rows<{ writer: string }>(db, { text });
  return new Set(found.map(({ writer }) => writer));
}
