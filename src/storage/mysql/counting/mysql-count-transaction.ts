import {
  bucketId,
  type Block,
  type BucketKey,
  type BucketRow,
  type CountTransaction,
  type Divided,
  type ListedBlock,
  type NamesOfDay,
  type SketchKey,
  type SketchRow,
  type Total,
} from '../../../core/counting/count-store.js';
import { ACCESS, OTHER } from '../../../core/counting/kind.js';
import { SKETCH_HEADER_BYTES, UniqueSketch } from '../../../core/counting/unique-sketch.js';
import type { Micros } from '../../../core/time.js';
import { bytes, date, inStatements, number, text, time } from '../literals.js';
import type { Session } from '../sql.js';
import { LISTED, selectBlocks } from './blocks.js';
import type { Projects } from './mysql-access-hours.js';
import {
  bucketKey,
  bucketRow,
  CELLS,
  inBuckets,
  KEY,
  keyLiterals,
  partLiterals,
  storedId,
  type StoredKey,
  type StoredPart,
} from './rollup-rows.js';

/** Blocks that were to be counted have disappeared: the transaction must be rolled back. */
export class BlocksGoneError extends Error {}

/** In a transaction of a session that has the lock of rollups. */
export class MysqlCountTransaction implements CountTransaction {
  constructor(
    private readonly db: Session,
    /** They are in PostgreSQL. */
    private readonly allProjects: Projects,
  ) {}

  oldest(records: number): Promise<ListedBlock[]> {
    // none has less than one record
    return this.db.rows(`
      select ${LISTED}
      from (
        select id, size, stored_at, sum(size) over (order by id) - size as older
        from (select id, size, stored_at from access_blocks order by id limit ${number(records)}) as first_blocks
      ) as summed
      where older < ${number(records)} order by id`);
  }

  blocks(ids: readonly number[]): Promise<Block[]> {
    return selectBlocks(this.db, ids);
  }

  // Nothing is kept of entries.
  async forget(): Promise<void> {}

  async projects(ids: readonly number[]): Promise<Set<number>> {
    const all = new Set((await this.allProjects()).values());
    return new Set(ids.filter((id) => all.has(id)));
  }

  known(names: NamesOfDay, values: readonly string[]): Promise<string[]> {
    return this.valuesOn(names, values, `day = ${date(names.day)}`);
  }

  async taken({ projectId, day, dimension }: NamesOfDay): Promise<number> {
    const [{ n }] = await this.db.rows<{ n: number }>(`
      select count(*) as n from access_totals
      where day = ${date(day)} and project_id = ${number(projectId)} and dimension = ${text(dimension)}
        and value not in ('', ${text(OTHER)})`);
    return n;
  }

  remembered(names: NamesOfDay, values: readonly string[], days: number): Promise<string[]> {
    return this.valuesOn(names, values, `day >= ${date(names.day - days)} and day < ${date(names.day)}`);
  }

  async addTotals(totals: readonly Total[]): Promise<void> {
    const literals = totals.map(
      ({ projectId, dimension, value, day, n }) =>
        `(${number(projectId)},${text(dimension)},${text(value)},${date(day)},${number(n)})`,
    );
    for (const some of inStatements(literals)) {
      await this.db.run(`
        insert into access_totals (project_id, dimension, value, day, n) values ${some.join(',')}
        on duplicate key update n = n + values(n)`);
    }
  }

  async addParts(rows: readonly BucketRow[]): Promise<Divided<BucketKey>[]> {
    const stored = await this.partsOf('access_rollups', rows);
    await this.insert(rows, stored);
    return dividedOf(
      rows.map(({ counts: _, histograms: __, ...key }) => key),
      stored,
    );
  }

  async parts(keys: readonly BucketKey[]): Promise<BucketRow[][]> {
    if (keys.length === 0) return [];
    const found = await this.db.rows<StoredPart>(
      `select ${KEY}, part, ${CELLS} from access_rollups where ${inBuckets(keys)} order by part`,
    );
    const byId = Map.groupBy(found, storedId);
    return keys.map((key) => (byId.get(bucketId(key)) ?? []).map((part) => bucketRow(key, part)));
  }

  async replaceParts(rows: readonly BucketRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.db.run(`delete from access_rollups where ${inBuckets(rows)}`);
    await this.insert(rows, new Map());
  }

  private async insert(rows: readonly BucketRow[], stored: ReadonlyMap<string, number>): Promise<void> {
    for (const literals of inStatements(partLiterals(rows, stored))) {
      await this.db.run(`insert into access_rollups (${KEY}, part, ${CELLS}) values ${literals.join(',')}`);
    }
  }

  async addSketchParts(rows: readonly SketchRow[]): Promise<Divided<SketchKey>[]> {
    const stored = await this.partsOf('access_uniques', rows);
    await this.insertSketches(rows, stored);
    return dividedOf(
      rows.map(({ sketch: _, ...key }) => key),
      stored,
    );
  }

  async sketchParts(keys: readonly SketchKey[]): Promise<Uint8Array[][]> {
    if (keys.length === 0) return [];
    const found = await this.db.rows<StoredKey & { sketch: Buffer }>(
      `select ${KEY}, sketch from access_uniques where ${inBuckets(keys)} order by part`,
    );
    const byId = Map.groupBy(found, storedId);
    return keys.map((key) => (byId.get(bucketId(key)) ?? []).map(({ sketch }) => sketch));
  }

  async replaceSketches(rows: readonly SketchRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.db.run(`delete from access_uniques where part > 0 and (${inBuckets(rows)})`);
    await this.insertSketches(rows, new Map());
  }

  private async insertSketches(
    rows: readonly SketchRow[],
    stored: ReadonlyMap<string, number>,
  ): Promise<void> {
    const literals = rows.map((row) => {
      const header = Buffer.from(row.sketch.subarray(0, SKETCH_HEADER_BYTES)).toString('latin1');
      const values = [
        number(stored.get(bucketId(row)) ?? 0),
        number(UniqueSketch.estimateOf(header)),
        bytes(row.sketch),
      ];
      return `(${[...keyLiterals(row), ...values].join(',')})`;
    });
    for (const some of inStatements(literals)) {
      await this.db.run(`
        insert into access_uniques (${KEY}, part, estimate, sketch) values ${some.join(',')}
        on duplicate key update estimate = values(estimate), sketch = values(sketch)`);
    }
  }

  /** How many parts these have, by `bucketId`. */
  private async partsOf(table: string, keys: readonly BucketKey[]): Promise<Map<string, number>> {
    if (keys.length === 0) return new Map();
    const stored = await this.db.rows<StoredKey & { parts: number }>(
      `select ${KEY}, max(part) + 1 as parts from ${table} where ${inBuckets(keys)} group by ${KEY}`,
    );
    return new Map(stored.map((one) => [storedId(one), one.parts]));
  }

  dividedBuckets(most: number): Promise<BucketKey[]> {
    return this.divided('access_rollups', most);
  }

  async dividedSketches(most: number): Promise<SketchKey[]> {
    const [kind] = ACCESS.uniqueKinds;
    return (await this.divided('access_uniques', most)).map((key) => ({ ...key, kind }));
  }

  private async divided(table: string, most: number): Promise<BucketKey[]> {
    const found = await this.db.rows<StoredKey>(
      `select ${KEY} from ${table} where part = 1 limit ${number(most)}`,
    );
    return found.map(bucketKey);
  }

  async raiseHours(hours: readonly { projectId: number; hour: Micros }[]): Promise<void> {
    const literals = hours.map(({ projectId, hour }) => `(${number(projectId)},${time(hour)},1)`);
    for (const some of inStatements(literals)) {
      await this.db.run(`
        insert into access_hours (project_id, hour, revision) values ${some.join(',')}
        on duplicate key update revision = if(revision > 0, revision + 1, 0)`);
    }
  }

  // By single ids, not by a range: a block in between may not have been committed yet.
  async remove(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    const removed = await this.db.run(`delete from access_blocks where id in (${ids.map(number).join(',')})`);
    if (removed !== ids.length) throw new BlocksGoneError('some blocks are counted already');
  }

  // By the primary key: by the index on days 30,000 values took minutes.
  private async valuesOn(
    { projectId, dimension }: NamesOfDay,
    values: readonly string[],
    when: string,
  ): Promise<string[]> {
    const found: string[] = [];
    for (const literals of inStatements(values.map(text))) {
      const some = await this.db.rows<{ value: Buffer }>(`
        select distinct value from access_totals force index (primary)
        where project_id = ${number(projectId)} and dimension = ${text(dimension)} and value in (${literals.join(',')}) and ${when}`);
      for (const { value } of some) found.push(value.toString());
    }
    return found;
  }
}

/** Those that had parts before another one was added. */
function dividedOf<Key extends BucketKey>(
  keys: readonly Key[],
  before: ReadonlyMap<string, number>,
): Divided<Key>[] {
  return keys.flatMap((key) => {
    const parts = before.get(bucketId(key));
    return parts === undefined ? [] : [{ key, parts: parts + 1 }];
  });
}
