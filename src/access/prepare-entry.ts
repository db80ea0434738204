import type { NewAccessEntry } from '../core/records/access-entry.js';
import { timestampsOf } from '../core/records/timestamps.js';
import type { Micros } from '../core/time.js';
import type { RecordError } from '../http/query/record-schema.js';
import { ipOf, methodOf, timeOf, type EntryCheck, type RawAccessEntry } from './access-entry.schema.js';
import { timeNameOf, unreadTime } from './time-names.js';

/** Memory of an entry besides its texts, roughly. */
const FIXED_BYTES = 150;

export interface PrepareContext {
  projectId: number;
  /** Time of receipt. */
  receivedAt: Micros;
  check: EntryCheck;
  /** May an entry have neither address nor path? A line of an access log is one by its form. */
  mayBeBare?: boolean;
  /** Refuse an entry whose time has an unknown name: it would be stored under the time of receipt. */
  knowsTime?: boolean;
}

export type PreparedEntry =
  | { entry: NewAccessEntry; errors?: undefined }
  | { entry?: undefined; errors: RecordError[] };

/** Validates one entry as it came and makes it ready to be stored; whether its address is to be upserted is for UniqueIps to say. */
export function prepareEntry(raw: unknown, context: PrepareContext): PreparedEntry {
  const { projectId, receivedAt, check } = context;
  if (!check.passes(raw)) return { errors: check.errors(raw) };
  const errors = beyondSchema(raw, context);
  if (errors) return { errors };
  const reported = raw.timestamp ? timeOf(raw.timestamp)! : receivedAt;
  const { timestamp, reportedTimestamp } = timestampsOf(reported, receivedAt);
  return {
    entry: {
      projectId,
      timestamp,
      reportedTimestamp,
      createdAt: receivedAt,
      ip: raw.ip ? ipOf(raw.ip) : null,
      upsertIp: false,
      method: raw.method ? methodOf(raw.method) : null,
      path: pathOf(raw),
      status: numberOf(raw.status),
      latencyMs: latencyOf(raw),
      userAgent: userAgentOf(raw),
    },
  };
}

/** Bytes of an entry in memory, near enough. */
export function entryBytes({ path, userAgent }: NewAccessEntry): number {
  return FIXED_BYTES + (path === null ? 0 : path.length) + (userAgent === null ? 0 : userAgent.length);
}

function beyondSchema(raw: RawAccessEntry, { mayBeBare, knowsTime }: PrepareContext): RecordError[] | null {
  if (knowsTime && !raw.timestamp) {
    const name = timeNameOf(raw);
    if (name !== null) return [unreadTime(name)];
  }
  const path = pathOf(raw);
  if (path === null && !raw.ip && !mayBeBare) {
    return [{ field: 'ip', message: 'is required where there is no path or url', type: 'required' }];
  }
  const userAgent = userAgentOf(raw);
  if (isStorable(path) && isStorable(userAgent)) return null;
  const field = isStorable(path) ? nameOf(raw, 'user_agent', 'userAgent') : nameOf(raw, 'path', 'url');
  return [{ field, message: 'contains a NUL character or a lone surrogate', type: 'unstorable' }];
}

// An empty text is what typed clients and CSV write for none.
function pathOf(raw: RawAccessEntry): string | null {
  return raw.path || raw.url || null;
}

function userAgentOf(raw: RawAccessEntry): string | null {
  return raw.user_agent || raw.userAgent || null;
}

function numberOf(value: number | string | null | undefined): number | null {
  if (typeof value === 'number') return value;
  return value ? Number(value) : null;
}

// nginx writes seconds with three decimals; multiplied, 0.29 s would be 290.00000000000006 ms.
function latencyOf(raw: RawAccessEntry): number | null {
  const latencyMs = numberOf(raw.latency_ms);
  if (latencyMs !== null || raw.request_time === undefined) return latencyMs;
  const seconds = numberOf(raw.request_time);
  return seconds === null ? null : Math.round(seconds * 1e6) / 1e3;
}

function nameOf(raw: RawAccessEntry, name: keyof RawAccessEntry, alias: keyof RawAccessEntry): string {
  return raw[name] ? name : alias;
}

function isStorable(text: string | null): boolean {
  return text === null || (text.isWellFormed() && !text.includes('\0'));
}
