import { hash } from 'node:crypto';
import { SightlineError } from '../../../core/errors.js';
import type { EventFilter, SortColumn } from '../../../core/event-reader.js';
import { EVENT_TYPES, PRIORITIES } from '../../../core/event.js';
import { parseRfc3339 } from '../../../core/rfc3339.js';

/** Where a page ended: enough of its last row to go on after it, whatever the sort. */
export interface Position {
  /** Of the sort column; null where the row has none. */
  value: string | number | null;
  /** RFC 3339, with the microseconds. */
  createdAt: string;
  id: number;
}

/** What a cursor belongs to: it means nothing in another project, under another filter or in another order. */
export interface Question {
  projectId: number;
  filter: EventFilter;
  sortBy: SortColumn;
  descending: boolean;
}

export function encodeCursor(question: Question, { value, createdAt, id }: Position): string {
  return Buffer.from(JSON.stringify([fingerprint(question), value, createdAt, id])).toString('base64url');
}

/** @throws SightlineError `invalid_cursor` */
export function decodeCursor(question: Question, cursor: string): Position {
  const parts = parse(cursor);
  if (!Array.isArray(parts) || parts.length !== 4)
    throw invalidCursor('The cursor is not one of this server.');
  const [print, value, createdAt, id] = parts as unknown[];
  if (print !== fingerprint(question)) {
    throw invalidCursor('The cursor is of another question: go on with the same filters and the same sort.');
  }
  if (!isValue(question.sortBy, value) || !isTime(createdAt) || !isId(id)) {
    throw invalidCursor('The cursor is not one of this server.');
  }
  return { value, createdAt, id };
}

function invalidCursor(message: string): SightlineError {
  return new SightlineError('invalid_cursor', message, { details: [{ field: 'cursor', message }] });
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
}

function fingerprint({ projectId, filter, sortBy, descending }: Question): string {
  const { eventType, eventName, userId, sessionId, appVersion, priority, providerName } = filter;
  const equalities = [eventType, eventName, userId, sessionId, appVersion, priority, providerName];
  const properties = filter.properties.map(({ path, value }) => [path, value]);
  const range = [filter.timeField, filter.from, filter.to];
  const text = JSON.stringify([projectId, equalities, properties, range, sortBy, descending]);
  return hash('sha256', text, 'base64url').slice(0, 16);
}

function isValue(sortBy: SortColumn, value: unknown): value is Position['value'] {
  if (sortBy === 'id') return isId(value);
  if (sortBy === 'timestamp' || sortBy === 'created_at') return isTime(value);
  if (sortBy === 'event_type') return EVENT_TYPES.some((type) => type === value);
  if (sortBy === 'priority') return PRIORITIES.some((priority) => priority === value);
  if (value === null) return sortBy === 'user_id' || sortBy === 'session_id' || sortBy === 'app_version';
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && parseRfc3339(value) !== null;
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
