import { LRUCache } from 'lru-cache';
import type { DistinctCounts } from '../../../core/counting/distinct-by-value.js';
import { EVENTS } from '../../../core/counting/kind.js';
import { keyOf } from '../../../core/counting/seen-by-value.js';
import type { TimeRange, Window } from '../../../core/counting/time-cover.js';
import { hashOf } from '../../../core/counting/unique-sketch.js';
import { sequencesOf } from '../../../core/groups.js';
import { formatRfc3339 } from '../../../core/records/rfc3339.js';
import type { Micros } from '../../../core/time.js';
import { Yielder } from '../../../core/yielder.js';
import type { CountedRange, KeptRange, SeenHashes, SeenQuery, SeenStore } from '../../counting/seen-store.js';
import type { Database } from '../database.js';
import { rows } from '../sql.js';
import { readInBulk } from '../transaction.js';
import { idsIn, pendingIds } from './blocks.js';
import { EVENT_ROWS, isStampedIn, microsOf } from './columns.js';
import { isFreeToRead } from './rollup-lock.js';

/** The most recently read results stay in memory: as much as a month of 50,000 users with 200 names a day. */
const MOST_RECENT_BYTES = 24_000_000;

/** Cached results, in the table as base64: PostgreSQL outputs text in a fraction of the time of bytea. */
export class PostgresSeenStore implements SeenStore {
  /** By id: what is kept under one never becomes something else. */
  private readonly recent = new LRUCache<number, Buffer>({
    maxSize: MOST_RECENT_BYTES,
    sizeCalculation: (bytes) => bytes.length,
  });

  constructor(
    private readonly database: Pick<Database, 'query'>,
    private readonly idsOfAText = IDS_OF_A_TEXT,
  ) {}

  async kept(
    query: SeenQuery,
    ranges: readonly TimeRange[],
  ): Promise<{ found: KeptRange[]; pending: number[] }> {
    const found = await this.ask<Kept & { pending: string | null }>(
      'kept',
      `select s.id, ${microsOf('from_at')} as "from", ${microsOf('to_at')} as "to", octet_length(s.seen) as size,
         s.used_at < clock_timestamp() - interval '1 day' as "isUnused", null::text as pending
       from ${RANGES} join event_seen s using (from_at, to_at)
       where s.project_id = $1 and s.kind = $2 and s.dimension = $3 and s.seen is not null
       union all
       select null, null, null, null, null, ${pendingIds(EVENTS)}`,
      [...valuesOf(query), ...columnsOf(ranges)],
    );
    const kept = found.filter(({ id }) => id !== null).sort((a, b) => a.from - b.from);
    await this.use(kept.filter(({ isUnused }) => isUnused));
    return { found: kept, pending: idsIn(found) };
  }

  async read(ids: readonly number[]): Promise<Map<number, Buffer>> {
    const read = new Map(ids.map((id) => [id, this.recent.get(id)]));
    const missing = ids.filter((id) => !read.get(id));
    const found =
      missing.length === 0
        ? []
        : await this.ask<{ id: number; seen: string }>(
            'read',
            'select id, seen from event_seen where id = any($1::bigint[]) and seen is not null',
            [missing],
          );
    for (const { id, seen } of found) {
      const bytes = Buffer.from(seen, 'base64');
      this.recent.set(id, bytes);
      read.set(id, bytes);
    }
    return read as Map<number, Buffer>;
  }

  async reserve(query: SeenQuery, ranges: readonly TimeRange[]): Promise<Map<Micros, number>> {
    // Who counts looks at what is reserved when it has the lock: it has ended when this is done, or begins after it.
    const reserved = await this.ask<{ id: number; from: Micros }>(
      'reserve',
      `insert into event_seen as s (project_id, kind, dimension, from_at, to_at)
       select $1, $2, $3, from_at, to_at from ${RANGES} where ${isFreeToRead(EVENTS)} order by from_at
       on conflict (project_id, from_at, to_at, kind, dimension) do update set id = default where s.seen is null
       returning id, ${microsOf('from_at')} as "from"`,
      [...valuesOf(query), ...columnsOf(ranges)],
    );
    return new Map(reserved.map(({ id, from }) => [from, id]));
  }

  // Ids go out as text and are hashed here, each once: the database would take three times as long.
  async scan(
    { projectId, kind, dimension }: SeenQuery,
    ranges: readonly CountedRange[],
  ): Promise<SeenHashes[]> {
    const id = EVENT_ROWS.ids[kind];
    const texts = Math.ceil(Math.max(...ranges.map(({ events }) => events)) / this.idsOfAText);
    const text = `
select width_bucket("timestamp", $2::timestamptz[]) as place, ${EVENT_ROWS.values[dimension]} as value,
  string_agg(${id}, ${SEPARATOR}) filter (where strpos(${id}, ${SEPARATOR}) = 0) as ids,
  json_agg(${id}) filter (where strpos(${id}, ${SEPARATOR}) > 0) as odd
from events
where ${isStampedIn('$3::timestamptz', '$4::timestamptz')} and ${id} is not null
group by 1, 2${texts > 1 ? `, mod(events.id, ${texts})` : ''}`;
    const seen: SeenHashes[] = [];
    const keys = new KnownKeys();
    for (const run of sequencesOf(ranges, ({ from }, before) => from === before.to)) {
      const [starts, end] = [run.map(({ from }) => formatRfc3339(from)), formatRfc3339(run.at(-1)!.to)];
      const first = seen.length - 1;
      seen.push(...run.map((): SeenHashes => new Map()));
      const values = [projectId, starts, starts[0], end];
      const found = readInBulk<SeenIds>(this.database.query, { text, values }, BATCH);
      for await (const some of found) {
        for (const { place, value, ids, odd } of some) {
          const all = [...(ids?.split('\x1f') ?? []), ...(odd ?? [])];
          const before = seen[first + place].get(value);
          const more = await keys.of(all);
          seen[first + place].set(value, before ? joined(before, more) : more);
        }
      }
    }
    return seen;
  }

  async keep(seen: ReadonlyMap<number, Buffer>): Promise<void> {
    // A locked row is being deleted by its owner: skip it, so that neither waits for the other.
    await this.ask(
      'keep',
      `update event_seen s set seen = u.seen
       from (select id from event_seen where id = any($1::bigint[]) for update skip locked) as free
       join unnest($1::bigint[], $2::text[]) as u(id, seen) using (id)
       where s.id = free.id and s.seen is null`,
      [[...seen.keys()], [...seen.values()].map((bytes) => bytes.toString('base64'))],
    );
  }

  async count(
    { projectId, kind, dimension }: SeenQuery,
    window: Window,
    mostGroups: number,
  ): Promise<DistinctCounts> {
    const id = EVENT_ROWS.ids[kind];
    const found = await this.ask<{ point: number | null; value: string; n: number }>(
      `count-${kind}-${dimension}`,
      `
with seen as materialized (
  select width_bucket("timestamp", $2::timestamptz[]) as point, ${EVENT_ROWS.values[dimension]} as value, ${id} as id
  from events where ${isStampedIn('$3::timestamptz', '$4::timestamptz')} and ${id} is not null
  group by 1, 2, 3
), top as materialized (
  select value from seen where value <> '(other)' group by value order by count(distinct id) desc, value limit $5
), named as (
  select distinct point, case when value in (select value from top) then value else '(other)' end as value, id from seen
)
select point - 1 as point, value, count(*) as n from named group by point, value
union all
select null, null, count(distinct id) from named
order by 1, 2`,
      [
        projectId,
        window.starts.map(formatRfc3339),
        formatRfc3339(window.from),
        formatRfc3339(window.to),
        mostGroups,
      ],
    );
    const series = found.flatMap(({ point, value, n }) => (point === null ? [] : [{ point, value, n }]));
    return { series, total: found.find(({ point }) => point === null)!.n };
  }

  /** Touched once a day, to show that it is still used. */
  private async use(kept: readonly KeptRange[]): Promise<void> {
    if (kept.length === 0) return;
    await this.ask(
      'use',
      `update event_seen set used_at = clock_timestamp()
       where id in (select id from event_seen where id = any($1::bigint[]) for update skip locked)`,
      [kept.map(({ id }) => id)],
    );
  }

  private ask<Row>(name: string, text: string, values: unknown[]): Promise<Row[]> {
    return rows<Row>(this.database.query, { name: `seen.${name}`, text, values });
  }
}

interface Kept extends KeptRange {
  isUnused: boolean;
}

/** Who was seen with a value in one of several ranges, or some of them. */
interface SeenIds {
  /** Of the range, from 1. */
  place: number;
  value: string;
  /** In one text, with a separator between them. */
  ids: string | null;
  /** Those that have the separator in them. */
  odd: string[] | null;
}

/** Ids in one text, of up to 255 bytes each. More of a value are several rows, by the number of their event. */
const IDS_OF_A_TEXT = 500_000;
/** Rows that are in memory together. */
const BATCH = 10;
/** Between ids; those that have it themselves are given by JSON. */
const SEPARATOR = String.raw`E'\x1f'`;
/** Ids that are looked up, or hashed, in one turn of the event loop: some 10 ms. */
const TURN_IDS = 20_000;

/** Hashes of ids: most ids are there more than once. */
class KnownKeys {
  private readonly keys = new Map<string, number>();
  private readonly yielder = new Yielder(TURN_IDS);

  async of(ids: readonly string[]): Promise<Float64Array> {
    const keys = new Float64Array(ids.length);
    for (let at = 0; at < ids.length; at += TURN_IDS) {
      const end = Math.min(at + TURN_IDS, ids.length);
      for (let i = at; i < end; i++) keys[i] = this.keyOf(ids[i]);
      await this.yielder.after(end - at);
    }
    return keys;
  }

  private keyOf(id: string): number {
    let key = this.keys.get(id);
    if (key === undefined) this.keys.set(id, (key = keyOf(...hashOf(id))));
    return key;
  }
}

function joined(some: Float64Array, others: Float64Array): Float64Array {
  const all = new Float64Array(some.length + others.length);
  all.set(some);
  all.set(others, some.length);
  return all;
}

const RANGES = 'unnest($4::timestamptz[], $5::timestamptz[]) as range(from_at, to_at)';

function valuesOf({ projectId, kind, dimension }: SeenQuery): unknown[] {
  return [projectId, kind, dimension];
}

function columnsOf(ranges: readonly TimeRange[]): unknown[] {
  return [ranges.map(({ from }) => formatRfc3339(from)), ranges.map(({ to }) => formatRfc3339(to))];
}
