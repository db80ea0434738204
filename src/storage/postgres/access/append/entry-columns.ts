import type { NewAccessEntry } from '../../../../core/access-entry.js';
import { float8, int4, text, timestamptz, type Column } from '../../append/columns.js';

/** In the order of the parameters of append-entries.ts. */
export const ENTRY_COLUMNS: Column<NewAccessEntry>[] = [
  int4((entry) => entry.projectId),
  timestamptz((entry) => entry.timestamp),
  timestamptz((entry) => entry.reportedTimestamp),
  timestamptz((entry) => entry.createdAt),
  text((entry) => entry.ip),
  text((entry) => entry.method),
  text((entry) => entry.path),
  int4((entry) => entry.status),
  float8((entry) => entry.latencyMs),
  text((entry) => entry.userAgent),
];
