import type { AccessFilter } from '../core/access-reader.js';
import { decodeCursor, encodeCursor, isId, isTime } from './page-cursor.js';

/** The last entry of a page: entries are answered newest `timestamp` first, then newest id. */
export interface AccessPosition {
  /** RFC 3339, with the microseconds. */
  timestamp: string;
  id: number;
}

export function encodeAccessCursor(
  projectId: number,
  filter: AccessFilter,
  { timestamp, id }: AccessPosition,
): string {
  return encodeCursor(questionOf(projectId, filter), [timestamp, id]);
}

/** @throws SightlineError `invalid_cursor` */
export function decodeAccessCursor(projectId: number, filter: AccessFilter, cursor: string): AccessPosition {
  const [timestamp, id] = decodeCursor(questionOf(projectId, filter), cursor, isPosition);
  return { timestamp, id };
}

function questionOf(projectId: number, { ip, status, method, path, from, to }: AccessFilter): unknown {
  return ['access', projectId, ip, status, method, path, from, to];
}

function isPosition(parts: readonly unknown[]): parts is [string, number] {
  return parts.length === 2 && isTime(parts[0]) && isId(parts[1]);
}
