import type { CustomTypesConfig, QueryResult } from 'pg';
import pg from 'pg';
import { isNativeError } from 'node:util/types';
import { SightlineError, storageUnavailable } from '../../core/errors.js';
import { parseJson } from '../../core/json.js';

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

function asSightlineError(error: unknown): unknown {
  if (isUnavailable(error)) return storageUnavailable(error);
  if ((error as { code?: string }).code !== QUERY_CANCELED) return error;
  return new SightlineError('timeout', 'The database needed too long. Ask for less, or try again.', {
    retryAfterS: 1,
    cause: error,
  });
}

// what statement_timeout ends with
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
