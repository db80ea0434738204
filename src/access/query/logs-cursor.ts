import type { AccessPosition } from '../../core/ports/access-reader.js';
import type { AccessWindow } from '../../core/ports/access-stats.js';
import { CursorCodec, isId, isTime } from '../../http/query/cursor.js';
import type { LogsQuery } from './logs.dto.js';

/** Some 1,900 years: whoever edits a cursor must not ask the database for a time that it cannot hold. */
const MOST_MICROS = 6e16;

const POSITION = { timestamp: isTime, id: isId };
const isMicros = (value: unknown) => isId(value) && value <= MOST_MICROS;

/** With a `range`, time goes on between two pages: all of them are of the first one's window. */
type LogsPlace = AccessPosition & Partial<AccessWindow>;

/** The cursors of the entries that a query is about. */
function cursorsOf({ range }: LogsQuery): CursorCodec<LogsPlace> {
  return new CursorCodec<LogsPlace>(
    range === undefined ? POSITION : { ...POSITION, from: isMicros, to: isMicros },
  );
}

export function nextLogsCursor(projectId: number, query: LogsQuery, place: LogsPlace | null): string | null {
  return cursorsOf(query).encode(identityOf(projectId, query), place);
}

/** @throws SightlineError `invalid_cursor` */
export function logsPlace(projectId: number, query: LogsQuery): LogsPlace | null {
  return cursorsOf(query).decode(identityOf(projectId, query), query.cursor);
}

function identityOf(projectId: number, { ip, status, method, path, from, to, range }: LogsQuery): unknown {
  return ['access', projectId, ip, status, method, path, from, to, range];
}
