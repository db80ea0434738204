import type {
  Block,
  BucketKey,
  BucketRow,
  CountTransaction,
  Divided,
  ListedBlock,
  NamesOfDay,
  SketchKey,
  SketchRow,
  Total,
} from '../../../core/counting/count-store.js';
import type { CountedRecords } from '../../../core/counting/counted-records.js';
import type { CountedKind } from '../../../core/counting/kind.js';
import { formatRfc3339 } from '../../../core/records/rfc3339.js';
import type { Micros } from '../../../core/time.js';
import { float8, int4, text, timestamptz, ColumnArrays, type Column } from '../append/columns.js';
import { rows, type Queryable } from '../sql.js';
import { LISTED, selectBlocks } from './blocks.js';
import { countsColumn, histogramsColumn, microsOf } from './columns.js';
import { forgetSeen } from './forget-seen.js';

const EPOCH = `date '1970-01-01'`;

/** Inside a transaction that holds the lock of the rollups. */
export class PostgresCountTransaction implements CountTransaction {
  removedRecords = 0;
  private readonly dimensions: string[];
  /** Those with histograms. */
  private readonly timed: string[];
  /** Used again by each statement: the buffers of a batch would be a gigabyte. */
  private readonly partColumns: ColumnArrays<BucketRow>;

  constructor(
    private readonly db: Queryable,
    private readonly kind: CountedKind,
  ) {
    this.dimensions = kind.dimensions.map(({ name }) => name);
    this.timed = this.dimensions.filter((name) => histogramsColumn(kind, name) !== null);
    const histograms = this.timed.map((name) => this.dimensions.indexOf(name));
    this.partColumns = new ColumnArrays<BucketRow>([
      ...KEY_COLUMNS,
      ...this.dimensions.map((_, i) => text((row: BucketRow) => row.counts[i])),
      ...histograms.map((i) => text((row: BucketRow) => row.histograms[i])),
    ]);
  }

  oldest(records: number): Promise<ListedBlock[]> {
    return this.ask(
      'oldest',
      `select ${LISTED}
       from (select id, size, stored_at, sum(size) over (order by id) - size as before from ${this.table('blocks')}) as b
       where before < $1 order by id`,
      [records],
    );
  }

  blocks(ids: readonly number[]): Promise<Block[]> {
    return selectBlocks(this.db, this.kind, ids);
  }

  async forget(counted: CountedRecords): Promise<void> {
    if (this.kind.name === 'event') await forgetSeen(this.db, counted);
  }

  async projects(ids: readonly number[]): Promise<Set<number>> {
    const found = await this.ask<{ id: number }>('projects', 'select id from projects where id = any($1)', [
      ids,
    ]);
    return new Set(found.map(({ id }) => id));
  }

  known({ projectId, day, dimension }: NamesOfDay, values: readonly string[]): Promise<string[]> {
    const today = `${EPOCH} + $3::int`;
    return this.values('known', this.valuesOn(today, today), [projectId, dimension, day, values]);
  }

  async taken({ projectId, day, dimension }: NamesOfDay): Promise<number> {
    const [{ n }] = await this.ask<{ n: number }>(
      'taken',
      `select count(*) as n from ${this.table('totals')}
       where day = ${EPOCH} + $3::int and project_id = $1 and dimension = $2 and value not in ('', '(other)')`,
      [projectId, dimension, day],
    );
    return n;
  }

  remembered(
    { projectId, day, dimension }: NamesOfDay,
    values: readonly string[],
    days: number,
  ): Promise<string[]> {
    const text = this.valuesOn(`${EPOCH} + $3::int - $5::int`, `${EPOCH} + $3::int - 1`);
    return this.values('remembered', text, [projectId, dimension, day, values, days]);
  }

  async addTotals(totals: readonly Total[]): Promise<void> {
    await this.ask(
      'add-totals',
      `insert into ${this.table('totals')} as t (project_id, dimension, value, day, n)
       select project_id, dimension, value, ${EPOCH} + day, n::bigint
       from unnest($1::int[], $2::text[], $3::text[], $4::int[], $5::float8[]) as u(project_id, dimension, value, day, n)
       order by 1, 2, 3, 4
       on conflict (project_id, dimension, value, day) do update set n = t.n + excluded.n`,
      new ColumnArrays(TOTAL_COLUMNS).encode(totals),
    );
  }

  async addParts(some: readonly BucketRow[]): Promise<Divided<BucketKey>[]> {
    const next = `coalesce((select max(part) from ${this.table('rollups')} r where ${IS_OF_KEY}) + 1, 0)`;
    const added = await this.ask<BucketKey & { parts: number }>(
      'add-parts',
      `with added as (
         ${this.insertParts(next)}
         returning ${KEY}, part
       )
       select ${KEY_GIVEN}, part + 1 as parts from added where part > 0`,
      this.partColumns.encode(some),
    );
    return added.map(({ parts, ...key }) => ({ key, parts }));
  }

  async parts(keys: readonly BucketKey[]): Promise<BucketRow[][]> {
    const columns = [
      ...this.dimensions.map((name) => `r.${countsColumn(name)}::text as "${name}"`),
      ...this.timed.map((name) => `r.${name}_latency::text as "${name}_latency"`),
    ];
    const found = await this.ask<Record<string, string | null> & { place: number }>(
      'parts',
      `select k.place::int, ${columns.join(', ')}
       from ${KEYS} join ${this.table('rollups')} r on ${IS_OF_KEY}
       order by r.part`,
      new ColumnArrays(KEY_COLUMNS).encode(keys),
    );
    const parts: BucketRow[][] = keys.map(() => []);
    for (const { place, ...row } of found) {
      parts[place - 1].push({
        ...keys[place - 1],
        counts: this.dimensions.map((name) => row[name]),
        histograms: this.dimensions.map((name) => row[`${name}_latency`] ?? null),
      });
    }
    return parts;
  }

  async replaceParts(some: readonly BucketRow[]): Promise<void> {
    if (some.length === 0) return;
    await this.ask(
      'remove-parts',
      `delete from ${this.table('rollups')} r using ${KEYS} where ${IS_OF_KEY}`,
      new ColumnArrays(KEY_COLUMNS).encode(some),
    );
    await this.ask('put-parts', this.insertParts('0'), this.partColumns.encode(some));
  }

  private insertParts(part: string): string {
    const columns = [...this.dimensions.map(countsColumn), ...this.timed.map((name) => `${name}_latency`)];
    const names = columns.map((_, i) => `c${i}`);
    return `
insert into ${this.table('rollups')} (project_id, tier, bucket, day, part, ${columns.join(', ')})
select project_id, tier, bucket, ${EPOCH} + day, ${part}, ${names.map((name) => `${name}::json`).join(', ')}
from unnest($1::int[], $2::int[], $3::timestamptz[], $4::int[], ${columns.map((_, i) => `$${i + 5}::text[]`).join(', ')})
  as k(project_id, tier, bucket, day, ${names.join(', ')})`;
  }

  async addSketchParts(some: readonly SketchRow[]): Promise<Divided<SketchKey>[]> {
    if (some.length === 0) return [];
    const next = `coalesce((select max(part) from ${this.table('uniques')} u where ${IS_OF_SKETCH}) + 1, 0)`;
    const added = await this.ask<SketchKey & { parts: number }>(
      'add-sketch-parts',
      `with added as (
         insert into ${this.table('uniques')} (${KEY}, kind, part, sketch)
         select ${SKETCH}, ${next}, sketch from ${SKETCHES}
         returning ${KEY}, kind, part
       )
       select ${KEY_GIVEN}, kind, part + 1 as parts from added where part > 0`,
      sketchColumns(some),
    );
    return added.map(({ parts, ...key }) => ({ key, parts }));
  }

  async sketchParts(keys: readonly SketchKey[]): Promise<Uint8Array[][]> {
    const parts: Uint8Array[][] = keys.map(() => []);
    if (keys.length === 0) return parts;
    const found = await this.ask<{ place: number; sketch: Buffer }>(
      'sketch-parts',
      `select k.place::int, u.sketch
       from ${SKETCH_KEYS} join ${this.table('uniques')} u on ${IS_OF_SKETCH}
       order by u.part`,
      new ColumnArrays(SKETCH_COLUMNS).encode(keys),
    );
    for (const { place, sketch } of found) parts[place - 1].push(sketch);
    return parts;
  }

  async replaceSketches(some: readonly SketchRow[]): Promise<void> {
    if (some.length === 0) return;
    await this.ask(
      'replace-sketches',
      `with others as (
         delete from ${this.table('uniques')} u using ${SKETCH_KEYS} where ${IS_OF_SKETCH} and u.part > 0
       )
       insert into ${this.table('uniques')} (${KEY}, kind, part, sketch)
       select ${SKETCH}, 0, sketch from ${SKETCHES}
       on conflict (project_id, kind, tier, bucket, day, part) do update set sketch = excluded.sketch`,
      sketchColumns(some),
    );
  }

  dividedBuckets(most: number): Promise<BucketKey[]> {
    const text = `select ${KEY_GIVEN} from ${this.table('rollups')} where part = 1 limit $1`;
    return this.ask('divided-buckets', text, [most]);
  }

  dividedSketches(most: number): Promise<SketchKey[]> {
    const text = `select ${KEY_GIVEN}, kind from ${this.table('uniques')} where part = 1 limit $1`;
    return this.ask('divided-sketches', text, [most]);
  }

  async raiseHours(hours: readonly { projectId: number; hour: Micros }[]): Promise<void> {
    await this.ask(
      'raise-hours',
      `insert into ${this.table('hours')} as h (project_id, hour, revision)
       select *, 1 from unnest($1::int[], $2::timestamptz[])
       on conflict (project_id, hour) do update set revision = h.revision + 1 where h.revision > 0`,
      [hours.map(({ projectId }) => projectId), hours.map(({ hour }) => formatRfc3339(hour))],
    );
  }

  async remove(ids: readonly number[]): Promise<void> {
    const removed = await this.ask<{ size: number }>(
      'remove',
      `delete from ${this.table('blocks')} where id = any($1::bigint[]) returning size`,
      [ids],
    );
    this.removedRecords += removed.reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * The values in $4 that have a total on one of these days, each found by one look into the primary key. Ordered, or the planner takes
   * the index on days, which it believes to have nothing of today yet, and compares each value with all of today's.
   */
  private valuesOn(firstDay: string, lastDay: string): string {
    return `
select u.value
from unnest($4::text[]) as u(value) cross join lateral (
  select project_id, dimension, value, day from ${this.table('totals')}
  where (project_id, dimension, value, day) >= ($1, $2, u.value, ${firstDay})
  order by project_id, dimension, value, day
  limit 1
) as t
where t.project_id = $1 and t.dimension = $2 and t.value = u.value and t.day <= ${lastDay}`;
  }

  private async values(name: string, text: string, values: unknown[]): Promise<string[]> {
    return (await this.ask<{ value: string }>(name, text, values)).map(({ value }) => value);
  }

  private ask<Row>(name: string, text: string, values: unknown[]): Promise<Row[]> {
    return rows<Row>(this.db, { name: `count.${this.kind.name}.${name}`, text, values });
  }

  private table(name: string): string {
    return `${this.kind.name}_${name}`;
  }
}

const KEY_COLUMNS: Column<BucketKey>[] = [
  int4((key) => key.projectId),
  int4((key) => key.tier),
  timestamptz((key) => key.bucket),
  int4((key) => key.day),
];

const SKETCH_COLUMNS: Column<SketchKey>[] = [...KEY_COLUMNS, text((key) => key.kind)];

const TOTAL_COLUMNS: Column<Total>[] = [
  int4((total) => total.projectId),
  text((total) => total.dimension),
  text((total) => total.value),
  int4((total) => total.day),
  float8((total) => total.n),
];

const KEY = 'project_id, tier, bucket, day';
const KEY_GIVEN = `project_id as "projectId", tier, ${microsOf('bucket')} as bucket, day - ${EPOCH} as day`;
/** `r` is a row of the bucket `k`. */
const IS_OF_KEY = isOf('r');
const KEYS = `unnest($1::int[], $2::int[], $3::timestamptz[], $4::int[]) with ordinality as k(project_id, tier, bucket, day, place)`;
/** `u` is a part of the sketch `k`. */
const IS_OF_SKETCH = `${isOf('u')} and u.kind = k.kind`;
const SKETCH = `k.project_id, k.tier, k.bucket, ${EPOCH} + k.day, k.kind`;
const SKETCH_KEYS = `unnest($1::int[], $2::int[], $3::timestamptz[], $4::int[], $5::text[]) with ordinality
  as k(project_id, tier, bucket, day, kind, place)`;
const SKETCHES = `${SKETCH_KEYS} join unnest($6::bytea[]) with ordinality as s(sketch, place) using (place)`;

function isOf(row: string): string {
  return `${row}.project_id = k.project_id and ${row}.tier = k.tier and ${row}.bucket = k.bucket and ${row}.day = ${EPOCH} + k.day`;
}

function sketchColumns(some: readonly SketchRow[]): unknown[] {
  return [...new ColumnArrays(SKETCH_COLUMNS).encode(some), some.map(({ sketch }) => sketch)];
}
