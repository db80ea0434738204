import { firstRows, type FirstRows, type Queryable } from '../sql.js';
import { Values, where, type Condition, type RecordTable } from './values.js';

/** Which rows of a stretch a statement gives. */
export interface RowsWanted {
  skip: number;
  limit: number;
  /** Of JSON, about; one row at least. */
  maxBytes: number;
}

/**
 * How the planner is to find rows. It knows the frequency of a value in a sample of the rows, and not where in their order they are: left
 * to itself it walks ten million rows in order for a page of a value that none of them has.
 */
export type RowSource =
  /** As the planner will. */
  | { where: readonly Condition[] }
  /** Looking at all rows of `walk` in their order. */
  | { walk: readonly Condition[]; where: readonly Condition[] }
  /** Finding all that there are, by whatever index, to sort them. */
  | { gather: readonly Condition[] };

export function selectRows<Row>(
  db: Queryable,
  table: RecordTable,
  source: RowSource,
  orderBy: string,
  { skip, limit, maxBytes }: RowsWanted,
): Promise<FirstRows<Row>> {
  const values = new Values();
  const text = `
    select ${table.columns}
    from ${fromOf(table, source, orderBy, values)}
    order by ${orderBy}
    limit ${values.bind(limit)} offset ${values.bind(skip)}`;
  return firstRows<Row>(db, { text, values: values.list }, maxBytes);
}

// The planner does not look into a subquery with an offset.
function fromOf({ name }: RecordTable, source: RowSource, orderBy: string, values: Values): string {
  if ('gather' in source)
    return `(select * from ${name} ${where(source.gather, values)} offset 0) as gathered`;
  if (!('walk' in source)) return `${name} ${where(source.where, values)}`;
  const walked = `select * from ${name} ${where(source.walk, values)} order by ${orderBy} offset 0`;
  return `(${walked}) as walked ${where(source.where, values)}`;
}

/** The first rows of so many that there are. */
export interface FewRows<Row> extends FirstRows<Row> {
  total: number;
}

/** The first of the rows in their order, where there are no more than `most` of them; else null. */
export async function selectFew<Row extends object>(
  db: Queryable,
  table: RecordTable,
  conditions: readonly Condition[],
  orderBy: string,
  most: number,
  { limit, maxBytes }: Omit<RowsWanted, 'skip'>,
): Promise<FewRows<Row> | null> {
  const values = new Values();
  const text = `
    select ${table.columns}, count(*) over () as n
    from (select * from ${table.name} ${where(conditions, values)} limit ${values.bind(most + 1)}) as few
    order by ${orderBy}
    limit ${values.bind(limit)}`;
  const found = await firstRows<Row & { n: number }>(db, { text, values: values.list }, maxBytes);
  const total = found.rows.length === 0 ? 0 : found.rows[0].n;
  if (total > most) return null;
  return { ...found, total, rows: found.rows.map(({ n: _, ...row }) => row as unknown as Row) };
}

/** A page that is being filled, stretch by stretch of its order. */
export class PageRoom<Row> implements FirstRows<Row> {
  readonly rows: Row[] = [];
  jsonBytes = 0;
  isCut = false;
  /** Of all the rows that were looked for, where that was found out. */
  total: number | null = null;

  constructor(
    /** Rows still to be skipped. */
    public skip: number,
    private readonly most: number,
    /** Of JSON, about; each stretch gives one row at least. */
    private readonly mostBytes = Infinity,
  ) {}

  /** Rows that there is room for. */
  get limit(): number {
    return this.most - this.rows.length;
  }

  get maxBytes(): number {
    return this.mostBytes - this.jsonBytes;
  }

  get isFull(): boolean {
    return this.isCut || this.limit === 0;
  }

  /** Rows of the next stretch, after those of it that were to be skipped. */
  add({ rows, jsonBytes, isCut }: FirstRows<Row>): void {
    this.rows.push(...rows);
    this.jsonBytes += jsonBytes;
    this.isCut = isCut;
    if (rows.length > 0) this.skip = 0;
  }

  /** A stretch that was skipped from end to end had so many rows. */
  skipped(rows: number): void {
    this.skip = Math.max(0, this.skip - rows);
  }
}
