import { DAY, type Micros } from '../time.js';

/** A stored timestamp is at most this much after receipt. */
export const MAX_AHEAD: Micros = DAY;

/** The times of a record that says when it happened. A clock may be wrong: what lies far ahead would top every list for days. */
export function timestampsOf(
  reported: Micros,
  receivedAt: Micros,
): { timestamp: Micros; reportedTimestamp: Micros | null } {
  return reported > receivedAt + MAX_AHEAD
    ? { timestamp: receivedAt, reportedTimestamp: reported }
    : { timestamp: reported, reportedTimestamp: null };
}
