/** A day's part of a table. */
export interface StoredPartition {
  name: string;
  /** `YYYY-MM-DD`, UTC day of receipt. */
  day: string;
  /** With its indexes. */
  bytes: number;
  /** The database's own estimate. */
  rowsEstimated: number;
}

export interface StoredTable {
  /** The database that holds it. */
  store: 'postgres' | 'mysql';
  name: string;
  /** With its indexes and partitions. */
  bytes: number;
  rowsEstimated: number;
  /** Oldest first; none of a table that is in one piece. */
  partitions: StoredPartition[];
}

/** What a store takes on disk, from its catalog: no table is read. */
export abstract class StoreTables {
  /** Largest first. */
  abstract tables(): Promise<StoredTable[]>;
}

/** The same of the store of access entries; the very same object where both are one database. */
export abstract class AccessStoreTables extends StoreTables {}

/** A table without partitions, or one partition of a table, as a catalog tells of it. */
export interface CatalogRow {
  table_name: string;
  /** Its name and its day; null for what is no partition of a day. */
  partition_name: string | null;
  day: string | null;
  bytes: number;
  rows_estimated: number;
}

export function tablesOf(store: StoredTable['store'], found: readonly CatalogRow[]): StoredTable[] {
  const byName = Map.groupBy(found, (row) => row.table_name);
  const tables = [...byName].map(([name, parts]) => ({
    store,
    name,
    bytes: sum(parts.map(({ bytes }) => bytes)),
    rowsEstimated: sum(parts.map((part) => part.rows_estimated)),
    partitions: parts
      .flatMap(({ partition_name, day, bytes, rows_estimated }) =>
        partition_name === null || day === null
          ? []
          : [{ name: partition_name, day, bytes, rowsEstimated: rows_estimated }],
      )
      .sort((a, b) => (a.day < b.day ? -1 : 1)),
  }));
  return tables.sort((a, b) => b.bytes - a.bytes);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
