import {
  CountStore,
  type Block,
  type CountTransaction,
  type EndCells,
  type EndHashes,
  type Found,
  type ListedBlock,
  type StoredCells,
  type StoredEstimate,
  type StoredSketch,
} from '../../../core/counting/count-store.js';
import type { CountedKind } from '../../../core/counting/kind.js';
import { type Piece, refuseRagged } from '../../../core/counting/time-cover.js';
import { formatRfc3339 } from '../../../core/records/rfc3339.js';
import { isTransient } from '../append/append-records.js';
import type { Database } from '../database.js';
import { rows } from '../sql.js';
import { inTransactionWithoutTimeout } from '../transaction.js';
import { idsIn, LISTED, pendingIds, selectBlocks } from './blocks.js';
import { countsColumn, histogramsColumn, isStampedIn, microsOf, type RowColumns } from './columns.js';
import { PostgresCountTransaction } from './postgres-count-transaction.js';
import { tryLockRollups } from './rollup-lock.js';
import {
  estimateIn,
  ESTIMATES,
  KeptSketches,
  type SketchColumns,
  sketchIn,
  type SketchRow,
  SKETCHES,
} from './sketch-rows.js';

/** After counting so many records, the space of their blocks is worth reclaiming at once. */
const VACUUM_AFTER_RECORDS = 5_000;

/** One kind of record in PostgreSQL, counted; one statement a look. */
export class PostgresCountStore extends CountStore {
  private readonly kept = new KeptSketches();

  /** @param records how the rows of the kind are counted; null where not every record has one. */
  constructor(
    private readonly database: Pick<Database, 'query'>,
    readonly kind: CountedKind,
    private readonly records: RowColumns | null,
  ) {
    super();
  }

  async cells(
    projectId: number,
    dimension: string,
    pieces: readonly Piece[],
    withHistograms: boolean,
  ): Promise<Found<StoredCells, EndCells>> {
    const timed = withHistograms ? histogramsColumn(this.kind, dimension) : null;
    const ends = this.hasEnds(pieces);
    const text = `
with ${PIECE}
select ${microsOf('r.bucket')} as bucket, r.counts, r.histograms, null::text as pending,
  null::int as piece, null::text as value, null::int as bin, null::bigint as n, null::bigint as errors, null::float8 as sum, null::float8 as max
from ${this.buckets('rollups', `bucket, ${countsColumn(dimension)}::text as counts, ${timed ? `${timed}::text` : 'null::text'} as histograms`)}
union all
select null, null, null, ${pendingIds(this.kind)}, null, null, null, null, null, null, null
${ends ? this.endCells(dimension, withHistograms) : ''}`;
    const found = await rows<Partial<EndCells> & StoredCells & { pending: string | null }>(
      this.database.query,
      {
        name: `count.${this.kind.name}.cells-${dimension}-${withHistograms}-${ends}`,
        text,
        values: [projectId, ...columnsOf(pieces)],
      },
    );
    return {
      found: found
        .filter(({ bucket }) => bucket !== null)
        .map(({ bucket, counts, histograms }) => ({ bucket, counts, histograms })),
      pending: idsIn(found),
      ends: found.filter(({ piece }) => piece !== null) as EndCells[],
    };
  }

  async totals(
    projectId: number,
    dimension: string,
    values: readonly string[] | null,
  ): Promise<Found<{ value: string; n: number }>> {
    const found = await rows<{ value: string; n: number; pending: string | null }>(this.database.query, {
      name: `count.${this.kind.name}.totals-${values !== null}`,
      text: `
select value, sum(n)::bigint as n, null::text as pending
from ${this.table('totals')}
where project_id = $1 and dimension = $2 ${values ? 'and value = any($3::text[])' : ''}
group by value
union all
select null, null, ${pendingIds(this.kind)}`,
      values: [projectId, dimension, ...(values ? [values] : [])],
    });
    return { found: found.filter(({ value }) => value !== null), pending: idsIn(found), ends: [] };
  }

  async estimates(
    projectId: number,
    kind: string,
    pieces: readonly Piece[],
  ): Promise<Found<StoredEstimate, EndHashes>> {
    const { found, ...rest } = await this.sketchRows(ESTIMATES, projectId, kind, pieces);
    return { found: found.map((row) => ({ bucket: row.bucket, estimate: estimateIn(row) })), ...rest };
  }

  async sketches(
    projectId: number,
    kind: string,
    pieces: readonly Piece[],
  ): Promise<Found<StoredSketch, EndHashes>> {
    const kept = this.kept.within(projectId, kind, pieces);
    const { found, ...rest } = await this.sketchRows(SKETCHES, projectId, kind, pieces, [...kept.keys()]);
    const sketches = new Map(found.map((row) => [row.version!, kept.get(row.version!) ?? sketchIn(row)]));
    this.kept.keep(sketches);
    return { found: [...sketches.values()], ...rest };
  }

  blocks(ids: readonly number[]): Promise<Block[]> {
    return selectBlocks(this.database.query, this.kind, ids);
  }

  async backlog(): Promise<ListedBlock[]> {
    const found = await rows<ListedBlock>(this.database.query, {
      name: `count.${this.kind.name}.backlog`,
      text: `select ${LISTED} from ${this.table('blocks')}`,
    });
    return found;
  }

  async count(work: (transaction: CountTransaction) => Promise<void>): Promise<boolean> {
    let removed = 0;
    try {
      const counted = await inTransactionWithoutTimeout(this.database.query, async (db) => {
        if (!(await tryLockRollups(db, this.kind))) return false;
        const transaction = new PostgresCountTransaction(db, this.kind);
        await work(transaction);
        removed = transaction.removedRecords;
        return true;
      });
      if (removed >= VACUUM_AFTER_RECORDS) {
        await rows(this.database.query, { text: `vacuum (skip_locked) ${this.table('blocks')}` });
      }
      return counted;
    } catch (error) {
      if (isTransient(error)) return false;
      throw error;
    }
  }

  private table(name: string): string {
    return `${this.kind.name}_${name}`;
  }

  private hasEnds(pieces: readonly Piece[]): boolean {
    if (!this.records) refuseRagged(pieces);
    return pieces.some(({ tier }) => tier === 0);
  }

  /** For `from …`: columns of the buckets of each piece. */
  private buckets(table: string, columns: string, which = ''): string {
    // offset 0 keeps the subquery whole: a run is looked up in the index, whatever the planner thinks of many runs
    return `piece cross join lateral (
  select tier, ${columns} from ${this.table(table)}
  where piece.tier > 0 and project_id = $1 ${which} and tier = piece.tier and bucket >= piece.from_at and bucket < piece.to_at
  offset 0
) as r`;
  }

  private async sketchRows(
    { what, stored, header, text, base64 }: SketchColumns,
    projectId: number,
    kind: string,
    pieces: readonly Piece[],
    ...known: string[][]
  ): Promise<Found<SketchRow, EndHashes>> {
    const ends = this.hasEnds(pieces);
    const found = await rows<Partial<SketchRow> & { pending: string | null; piece: number | null }>(
      this.database.query,
      {
        name: `count.${this.kind.name}.${what}-${kind}-${ends}`,
        text: `
with ${PIECE}
select r.tier, ${microsOf('r.bucket')} as bucket, r.version, ${header} as header, ${text} as text, ${base64} as base64,
  null::text as pending, null::int as piece
from ${this.buckets('uniques', `bucket, ${stored}`, `and kind = '${kind}'`)}
union all
select null, null, null, null, null, null, ${pendingIds(this.kind)}, null
${ends ? this.endHashes(kind) : ''}`,
        values: [projectId, ...columnsOf(pieces), ...known],
      },
    );
    return {
      found: found.filter(({ bucket }) => bucket !== null) as SketchRow[],
      pending: idsIn(found),
      ends: found
        .filter(({ piece }) => piece !== null)
        .map(({ piece, base64 }) => ({ piece: piece!, hashes: Buffer.from(base64!, 'base64') })),
    };
  }

  private endCells(dimension: string, histograms: boolean): string {
    const { values, error, duration } = this.records!;
    const bin = histograms
      ? `sightline_latency_bin(${duration})`
      : `case when ${duration} is not null then 0 end`;
    return `union all
select null, null, null, null, piece.place::int - 1, ${values[dimension]}, ${bin}, count(*), count(*) filter (where ${error}),
  coalesce(sum(${duration}), 0), max(${duration})
from ${this.endRows()}
group by piece.place, 6, 7`;
  }

  private endHashes(kind: string): string {
    const id = this.records!.ids[kind];
    return `union all
select null, null, null, null, null, encode(string_agg(int8send(sightline_hash64(seen.id)), ''), 'base64'), null, seen.piece
from (select distinct piece.place::int - 1 as piece, ${id} as id from ${this.endRows()} where ${id} is not null) as seen
group by seen.piece`;
  }

  private endRows(): string {
    return `piece cross join lateral (
  select * from ${this.records!.table} where piece.tier = 0 and ${isStampedIn('piece.from_at', 'piece.to_at')}
  offset 0
) as e`;
  }
}

/** The pieces of a window, in parameters $2 to $4. */
const PIECE = `piece as materialized (
  select * from unnest($2::timestamptz[], $3::timestamptz[], $4::smallint[]) with ordinality as u(from_at, to_at, tier, place)
)`;

function columnsOf(pieces: readonly Piece[]): unknown[] {
  return [
    pieces.map(({ from }) => formatRfc3339(from)),
    pieces.map(({ to }) => formatRfc3339(to)),
    pieces.map(({ tier }) => tier),
  ];
}
