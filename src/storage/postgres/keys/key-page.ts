import type { KeyPage } from '../../../core/key-store.js';
import { decodeCursor, encodeCursor, isTime } from '../../page-cursor.js';
import type { Queryable } from '../sql.js';
import { toListedKey } from './key-row.js';
import { selectKeyRows } from './select-keys.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The keys of one project, or of all, after a cursor. @throws SightlineError `invalid_cursor` */
export async function selectKeyPage(
  db: Queryable,
  project: string | null,
  limit: number,
  cursor: string | null,
): Promise<KeyPage> {
  const question = ['keys', project];
  const [createdAt, id] = cursor === null ? [] : decodeCursor(question, cursor, isPosition);
  const after = createdAt === undefined || id === undefined ? null : { createdAt, id };
  // One more than is given tells whether there is a next page.
  const found = await selectKeyRows(db, { project, after, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const nextCursor =
    found.length > limit && last !== undefined ? encodeCursor(question, [last.created_at, last.id]) : null;
  return { keys: page.map(toListedKey), nextCursor };
}

function isPosition(parts: readonly unknown[]): parts is [string, string] {
  return parts.length === 2 && isTime(parts[0]) && typeof parts[1] === 'string' && UUID.test(parts[1]);
}
