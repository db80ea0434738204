import {
  CountStore,
  type Block,
  type CountTransaction,
  type EndCells,
  type Found,
  type ListedBlock,
  type StoredCells,
  type StoredEstimate,
  type StoredSketch,
} from '../../../core/counting/count-store.js';
import { ACCESS, dimensionIndex } from '../../../core/counting/kind.js';
import { type Piece, refuseRagged } from '../../../core/counting/time-cover.js';
import type { Micros } from '../../../core/time.js';
import { isTransient } from '../errors.js';
import { micros, number, text, time } from '../literals.js';
import type { Mysql } from '../mysql.js';
import { withFreeLock } from '../named-lock.js';
import { inTransaction } from '../sql.js';
import { LISTED, selectBlocks } from './blocks.js';
import type { Projects } from './mysql-access-hours.js';
import { BlocksGoneError, MysqlCountTransaction } from './mysql-count-transaction.js';
import { COUNTS, HISTOGRAMS } from './rollup-rows.js';

/** With the bucket as MariaDB gives it. */
type Dated<Row> = Omit<Row, 'bucket'> & { bucket: string };

/** Rows of what was asked, and at the end those of the blocks that are not counted: one statement sees one moment. */
type WithPending<Row> = (Row & { pending: null }) | { pending: number };

/** Where access entries are counted in MariaDB. */
export class MysqlCountStore extends CountStore {
  readonly kind = ACCESS;

  constructor(
    private readonly mysql: Pick<Mysql, 'query' | 'background'>,
    private readonly projects: Projects,
  ) {
    super();
  }

  async cells(
    projectId: number,
    dimension: string,
    pieces: readonly Piece[],
    withHistograms: boolean,
  ): Promise<Found<StoredCells, EndCells>> {
    const index = dimensionIndex(ACCESS, dimension);
    const counts = COUNTS[index];
    const histograms = (withHistograms && HISTOGRAMS[index]) || 'null';
    const { found, pending } = await this.look<Dated<StoredCells>>(
      `select bucket, ${counts} as counts, ${histograms} as histograms, null as pending from access_rollups
       where ${inPieces(projectId, pieces)} and (${counts} is not null or ${histograms} is not null)`,
      3,
    );
    return { found: inOrder(found), pending, ends: [] };
  }

  async totals(
    projectId: number,
    dimension: string,
    values: readonly string[] | null,
  ): Promise<Found<{ value: string; n: number }>> {
    const asked = values === null ? 'true' : `value in (${values.map(text).join(',')})`;
    const { found, pending } = await this.look<{ value: Buffer; n: number }>(
      `select value, cast(sum(n) as double) as n, null as pending from access_totals
       where project_id = ${number(projectId)} and dimension = ${text(dimension)} and ${asked} group by value`,
      2,
    );
    return { found: found.map(({ value, n }) => ({ value: value.toString(), n })), pending, ends: [] };
  }

  async sketches(projectId: number, _kind: string, pieces: readonly Piece[]): Promise<Found<StoredSketch>> {
    const { found, pending } = await this.look<Dated<StoredSketch>>(
      `select bucket, estimate, sketch, null as pending from access_uniques where ${inPieces(projectId, pieces)}`,
      3,
    );
    return { found: inOrder(found), pending, ends: [] };
  }

  async estimates(
    projectId: number,
    _kind: string,
    pieces: readonly Piece[],
  ): Promise<Found<StoredEstimate>> {
    const { found, pending } = await this.look<Dated<StoredEstimate>>(
      `select bucket, estimate, null as pending from access_uniques where ${inPieces(projectId, pieces)}`,
      2,
    );
    return { found: inOrder(found), pending, ends: [] };
  }

  blocks(ids: readonly number[]): Promise<Block[]> {
    return selectBlocks(this.mysql.query, ids);
  }

  backlog(): Promise<ListedBlock[]> {
    return this.mysql.query.rows(`select ${LISTED} from access_blocks order by id`);
  }

  async count(work: (transaction: CountTransaction) => Promise<void>): Promise<boolean> {
    try {
      const done = await this.mysql.background.use((db) =>
        withFreeLock(db, 'rollups', () =>
          inTransaction(db, async () => {
            await work(new MysqlCountTransaction(db, this.projects));
            return true;
          }),
        ),
      );
      return done !== null;
    } catch (error) {
      // nothing was done: another process was counting, and releases its lock before its transaction ends
      if (isTransient(error) || error instanceof BlocksGoneError) return false;
      throw error;
    }
  }

  private async look<Row>(query: string, columns: number): Promise<{ found: Row[]; pending: number[] }> {
    const rows = await this.mysql.query.rows<WithPending<Row>>(
      `${query} union all select ${'null, '.repeat(columns)} id from access_blocks`,
    );
    const found: Row[] = [];
    const pending: number[] = [];
    for (const { pending: id, ...row } of rows) {
      if (id === null) found.push(row as Row);
      else pending.push(id);
    }
    return { found, pending };
  }
}

/** By bucket, oldest first. */
function inOrder<Row>(found: readonly (Row & { bucket: string })[]): (Row & { bucket: Micros })[] {
  return found
    .map((row): Row & { bucket: Micros } => ({ ...row, bucket: micros(row.bucket) }))
    .sort((a, b) => a.bucket - b.bucket);
}

/** @throws RangeError for a ragged end: entries without a row are counted too. */
function inPieces(projectId: number, pieces: readonly Piece[]): string {
  refuseRagged(pieces);
  const runs = pieces.map(
    ({ tier, from, to }) => `tier = ${tier} and bucket >= ${time(from)} and bucket < ${time(to)}`,
  );
  return `project_id = ${number(projectId)} and (${runs.join(' or ') || 'false'})`;
}
