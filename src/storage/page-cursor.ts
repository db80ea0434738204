import { hash } from 'node:crypto';
import { SightlineError } from '../core/errors.js';
import { parseRfc3339 } from '../core/rfc3339.js';

/**
 * The opaque text of where a page ended. `question` is what the cursor belongs to: it means nothing in another project,
 * under another filter or in another order. Both are JSON.
 */
export function encodeCursor(question: unknown, position: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([fingerprint(question), ...position])).toString('base64url');
}

/** The position that was encoded for this question. @throws SightlineError `invalid_cursor` */
export function decodeCursor<Position extends readonly unknown[]>(
  question: unknown,
  cursor: string,
  isPosition: (parts: readonly unknown[]) => parts is Position,
): Position {
  const parts = parse(cursor);
  if (!Array.isArray(parts)) throw invalidCursor('The cursor is not one of this server.');
  const [print, ...position] = parts as unknown[];
  if (print !== fingerprint(question)) {
    throw invalidCursor('The cursor is of another question: go on with the same filters and the same sort.');
  }
  if (!isPosition(position)) throw invalidCursor('The cursor is not one of this server.');
  return position;
}

export function isTime(value: unknown): value is string {
  return typeof value === 'string' && parseRfc3339(value) !== null;
}

export function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
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

function fingerprint(question: unknown): string {
  return hash('sha256', JSON.stringify(question), 'base64url').slice(0, 16);
}
