import type { StoredAccessEntry } from '../records/access-entry.js';
import type { Micros } from '../time.js';
import type { Count } from './event-reader.js';

/** Which entries of a project; what is absent does not narrow. */
export interface AccessFilter {
  /** Canonical, as stored. */
  ip?: string;
  status?: number;
  /** Upper case. */
  method?: string;
  /** A case-sensitive part of the path; `%` and `_` stand for themselves. */
  path?: string;
  /** Inclusive, by `timestamp`. */
  from?: Micros;
  /** Exclusive. */
  to?: Micros;
}

/** The last entry of a page. */
export interface AccessPosition {
  /** RFC 3339, with the microseconds. */
  timestamp: string;
  id: number;
}

export interface AccessPageRequest {
  limit: number;
  /** Rows to skip; 0 with `after`. */
  offset: number;
  /** `next` of an earlier page of the same query. */
  after?: AccessPosition;
}

export interface AccessPage {
  entries: StoredAccessEntry[];
  /** null on the last page. */
  next: AccessPosition | null;
  /** Of all that the filter finds, exactly, where a first page came across it: of what is few. */
  total: number | null;
}

/** Reads rows of entries. Each method sees one project only. */
export abstract class AccessReader {
  /** Newest `timestamp` first, then newest id. */
  abstract page(projectId: number, filter: AccessFilter, page: AccessPageRequest): Promise<AccessPage>;

  /** `auto`: exact up to 10,000 rows, past that an estimate (or exact where a rollup gives it). */
  abstract count(projectId: number, filter: AccessFilter, mode: 'auto' | 'exact'): Promise<Count>;

  /** The rows with `timestamp` in the UTC hour that begins at `hour`, oldest first, in batches, at constant memory. */
  abstract hour(projectId: number, hour: Micros): AsyncIterable<StoredAccessEntry[]>;
}
