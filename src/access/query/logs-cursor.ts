import type { AccessPosition } from '../../core/access-reader.js';
import type { AccessWindow } from '../../core/access-stats.js';
import type { Micros } from '../../core/event.js';
import { decodeCursor, encodeCursor, isId, isTime } from '../../http/query/cursor.js';
import type { LogsQuery } from './logs.dto.js';

const MINUTE: Micros = 60_000_000;
/** Some 1,900 years: whoever edits a cursor must not ask the database for a time that it cannot hold. */
const MOST_MINUTES = 999_999_999;

export interface LogsPlace {
  after: AccessPosition;
  /** Of a `range`: time goes on between two pages, and all of them are of the first one's window. */
  window?: AccessWindow;
}

export function encodeLogsCursor(projectId: number, query: LogsQuery, { after, window }: LogsPlace): string {
  const minutes = window ? [window.from / MINUTE, window.to / MINUTE] : [];
  return encodeCursor(identityOf(projectId, query), [after.timestamp, after.id, ...minutes]);
}

/** @throws SightlineError `invalid_cursor` */
export function decodeLogsCursor(projectId: number, query: LogsQuery, cursor: string): LogsPlace {
  const isPosition = query.range === undefined ? isPlace : isPlaceInRange;
  const [timestamp, id, from, to] = decodeCursor<Place | PlaceInRange>(
    identityOf(projectId, query),
    cursor,
    isPosition,
  );
  const window = from === undefined ? undefined : { from: from * MINUTE, to: to * MINUTE };
  return { after: { timestamp, id }, window };
}

type Place = [timestamp: string, id: number, from?: undefined, to?: undefined];
type PlaceInRange = [timestamp: string, id: number, from: number, to: number];

function isPlace(parts: readonly unknown[]): parts is Place {
  return parts.length === 2 && isTime(parts[0]) && isId(parts[1]);
}

function isPlaceInRange(parts: readonly unknown[]): parts is PlaceInRange {
  const [from, to] = parts.slice(2);
  return (
    parts.length === 4 &&
    isPlace(parts.slice(0, 2)) &&
    isId(from) &&
    isId(to) &&
    from < to &&
    to <= MOST_MINUTES
  );
}

function identityOf(projectId: number, { ip, status, method, path, from, to, range }: LogsQuery): unknown {
  return ['access', projectId, ip, status, method, path, from, to, range];
}
