import { hash } from 'node:crypto';
import { formatRfc3339, parseRfc3339 } from '../../core/records/rfc3339.js';
import { refuse } from './query-parameters.js';

/** Raised whenever a position of any list changes its meaning: cursors from before an upgrade are then refused, not misread. */
const VERSION = 2;

/** The check of each part of a position, in the order of the token. A cursor comes from a client, and its parts go to the database. */
type Shape<Position> = { [Part in keyof Position]: (value: unknown) => boolean };

/**
 * Tokens of where a page ended, opaque to clients. Not signed: they only say where in one's own rows to go on. `query` is what a
 * cursor belongs to: it is refused in another project, with another filter or in another order. Positions and queries are JSON.
 */
export class CursorCodec<Position extends object> {
  private readonly checks: [part: string, isValid: (value: unknown) => boolean][];

  constructor(shape: Shape<Position>) {
    this.checks = Object.entries(shape);
  }

  /** null for the last page. */
  encode(query: unknown, position: Position | null): string | null {
    if (position === null) return null;
    return tokenOf(
      query,
      this.checks.map(([part]) => position[part as keyof Position]),
    );
  }

  /** The position that was encoded for this query; null without a cursor. @throws SightlineError `invalid_cursor` */
  decode(query: unknown, cursor: string | undefined): Position | null {
    if (cursor === undefined) return null;
    const parts = parse(cursor);
    if (!Array.isArray(parts) || parts[0] !== VERSION) refuseCursor('is not a next_cursor of this server');
    const [, print, ...values] = parts as unknown[];
    if (print !== fingerprint(query)) {
      refuseCursor('belongs to another query: keep the filters and the sort order');
    }
    const isValid = this.checks.every(([, check], i) => check(values[i]));
    // To the last character: base64 and JSON leave room for other texts that mean the same.
    if (!isValid || values.length !== this.checks.length || tokenOf(query, values) !== cursor) {
      refuseCursor('is not a next_cursor of this server');
    }
    return Object.fromEntries(this.checks.map(([part], i) => [part, values[i]])) as Position;
  }
}

/** A time as formatRfc3339 writes it, in no other spelling. */
export function isTime(value: unknown): boolean {
  const micros = typeof value === 'string' ? parseRfc3339(value) : null;
  return micros !== null && formatRfc3339(micros) === value;
}

/** A text that a column of so many characters may hold; some characters are of two units. */
export function isText(value: unknown, maxLength: number): boolean {
  const fits = typeof value === 'string' && value.length <= 2 * maxLength;
  return fits && value.isWellFormed() && !value.includes('\0');
}

export function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function tokenOf(query: unknown, position: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([VERSION, fingerprint(query), ...position])).toString('base64url');
}

function refuseCursor(message: string): never {
  refuse([{ field: 'cursor', message }]);
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
