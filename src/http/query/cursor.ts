import { hash } from 'node:crypto';
import { SightlineError } from '../../core/errors.js';
import { formatRfc3339, parseRfc3339 } from '../../core/rfc3339.js';

/** Raised whenever a position of any list changes its meaning: cursors from before an upgrade are then refused, not misread. */
const VERSION = 2;

/**
 * The token of where a page ended, opaque to clients; not signed, as it only says where in one's own rows to go on. `query` is
 * what the cursor belongs to: it is refused in another project, with another filter or in another order. Both are JSON.
 */
export function encodeCursor(query: unknown, position: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([VERSION, fingerprint(query), ...position])).toString('base64url');
}

/** The position that was encoded for this query. @throws SightlineError `invalid_cursor` */
export function decodeCursor<Position extends readonly unknown[]>(
  query: unknown,
  cursor: string,
  isPosition: (parts: readonly unknown[]) => parts is Position,
): Position {
  const parts = parse(cursor);
  if (!Array.isArray(parts) || parts[0] !== VERSION)
    throw invalidCursor('is not a next_cursor of this server');
  const [, print, ...position] = parts as unknown[];
  if (print !== fingerprint(query)) {
    throw invalidCursor('belongs to another query: keep the filters and the sort order');
  }
  // To the last character: base64 and JSON leave room for other texts that mean the same.
  if (!isPosition(position) || encodeCursor(query, position) !== cursor) {
    throw invalidCursor('is not a next_cursor of this server');
  }
  return position;
}

/** A time as formatRfc3339 writes it, in no other spelling: cursors come from clients, and this goes to the database. */
export function isTime(value: unknown): value is string {
  const micros = typeof value === 'string' ? parseRfc3339(value) : null;
  return micros !== null && formatRfc3339(micros) === value;
}

/** A text that a column of so many characters may hold; some characters are of two units. */
export function isText(value: unknown, maxLength: number): value is string {
  const fits = typeof value === 'string' && value.length <= 2 * maxLength;
  return fits && value.isWellFormed() && !value.includes('\0');
}

export function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function invalidCursor(message: string): SightlineError {
  return new SightlineError('invalid_cursor', `cursor ${message}`, {
    details: [{ field: 'cursor', message }],
  });
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
}

function fingerprint(query: unknown): string {
  return hash('sha256', JSON.stringify(query), 'base64url').slice(0, 16);
}
