import { isNativeError } from 'node:util/types';
import type { CustomTypesConfig, QueryResult } from 'pg';
import pg from 'pg';
import { SightlineError, storageUnavailable } from '../../core/errors.js';
import { parseJson } from '../../core/json/json.js';

/** A pool or one of its connections. */
export interface Queryable {
  query(config: pg.QueryConfig): Promise<QueryResult>;
}

export interface Statement {
  /** A prepared statement's name: one per distinct text. Leave it out where the plan depends on the values. */
  name?: string;
  text: string;
  values?: unknown[];
}

/** Sends a statement and gives its rows: bigint as number, timestamptz as RFC 3339 in UTC, jsonb with exact integers. */
export async function rows<Row>(db: Queryable, statement: Statement): Promise<Row[]> {
  try {
    const result = await db.query({ ...statement, types });
    return result.rows as Row[];
  } catch (error) {
    throw asSightlineError(error);
  }
}

/** The first rows of an answer. */
export interface FirstRows<Row> {
  rows: Row[];
  /** Length of their JSON as PostgreSQL writes it. */
  jsonBytes: number;
  /** There were more, which are dropped. */
  isCut: boolean;
}

/**
 * As rows, but jsonb as text, and no more of them than have about `maxBytes` of it together; at least one. A statement can only
 * bound their number: of a thousand events of 255 kB each the rest is dropped as it comes.
 */
export async function firstRows<Row>(
  db: Queryable,
  statement: Statement,
  maxBytes: number,
): Promise<FirstRows<Row>> {
  const json = new BoundedJson(maxBytes);
  try {
    const { rows: found } = await db.query({ ...statement, types: json.types });
    const kept = json.rows < found.length ? found.slice(0, json.rows) : found;
    return { rows: kept as Row[], jsonBytes: json.bytes, isCut: kept.length < found.length };
  } catch (error) {
    throw asSightlineError(error);
  }
}

/**
 * Longer JSON keeps PostgreSQL's white space and number format: parsing and reserialising it would leave several times as much
 * garbage.
 */
const MOST_COMPACTED = 8 * 1024;

/** Keeps the JSON of rows until there is enough. Of no row but the last may a column of JSON be null: those are not counted. */
class BoundedJson {
  bytes = 0;
  /** How many rows have their JSON. */
  rows = Infinity;
  private columns = 0;
  private values = 0;

  constructor(private readonly maxBytes: number) {}

  // pg asks for a parser once a column, then calls it for each value, row by row
  readonly types: CustomTypesConfig = {
    getTypeParser: ((oid: number, format: 'text' | 'binary') => {
      if (oid !== (pg.types.builtins.JSONB as number)) return types.getTypeParser(oid, format) as unknown;
      this.columns++;
      return (text: string) => this.keep(text);
    }) as never,
  };

  private keep(text: string): string | null {
    const row = Math.floor(this.values / this.columns);
    const isFirstOfRow = this.values++ % this.columns === 0;
    if (isFirstOfRow && row > 0 && this.bytes >= this.maxBytes) this.rows = Math.min(this.rows, row);
    if (row >= this.rows) return null;
    this.bytes += text.length;
    return text.length > MOST_COMPACTED ? text : JSON.stringify(parseJson(text));
  }
}

function asSightlineError(error: unknown): unknown {
  if (isUnavailable(error)) return storageUnavailable(error);
  if ((error as { code?: string }).code !== QUERY_CANCELED) return error;
  return new SightlineError('timeout', 'The database took too long. Ask for less, or try again.', {
    retryAfterS: 1,
    cause: error,
  });
}

// raised by statement_timeout
const QUERY_CANCELED = '57014';

// `2026-11-20 10:00:00.123456+00`: every connection has TimeZone UTC and DateStyle ISO.
function timestamptz(text: string): string {
  const dot = text.indexOf('.');
  const date = text.slice(0, 10);
  if (dot < 0) return `${date}T${text.slice(11, 19)}.000Z`;
  const fraction = text.slice(dot + 1, text.indexOf('+', dot));
  return `${date}T${text.slice(11, 19)}.${fraction.padEnd(fraction.length > 3 ? 6 : 3, '0')}Z`;
}

const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, Number],
  [pg.types.builtins.DATE, (text) => text],
  [pg.types.builtins.TIMESTAMPTZ, timestamptz],
  [pg.types.builtins.JSONB, parseJson],
]);

const types: CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    parsers.get(oid) ??
    (pg.types.getTypeParser as (oid: number, format: string) => unknown)(oid, format)) as never,
};

// Class 08 connection, 53 out of resources, 57 operator intervention (57014 is a cancelled query), 25006 read-only after a failover.
const UNAVAILABLE = /^(08|53|57P|25006)/;

/** Does this error say that the database cannot be reached or is going down, rather than that it refused a statement? */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof SightlineError) return error.code === 'storage_unavailable';
  if (!isNativeError(error)) return false;
  const { code, message } = error as Error & { code?: string };
  if (code === undefined) return /connection|timeout/i.test(message);
  return UNAVAILABLE.test(code) || /^E[A-Z]+$/.test(code);
}
