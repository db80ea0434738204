import type { Micros } from '../../../core/event.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import type { Condition } from './values.js';

/** A stored timestamp is at most this much after receipt: ingest replaces later ones. */
const MAX_AHEAD_MICROS = 24 * 3_600e6;

/** `from` inclusive, `to` exclusive, where they are given. */
export function inRange(
  column: 'created_at' | '"timestamp"',
  from: Micros | undefined,
  to: Micros | undefined,
): Condition[] {
  const conditions: Condition[] = [];
  if (from !== undefined) {
    conditions.push(atTime(column, '>=', from));
    if (column === '"timestamp"') conditions.push(receivedFor(from));
  }
  if (to !== undefined) conditions.push(atTime(column, '<', to));
  return conditions;
}

/** Leaves out the partitions that are too old to hold a record with this timestamp or a later one. */
export function receivedFor(timestamp: Micros): Condition {
  return atTime('created_at', '>=', timestamp - MAX_AHEAD_MICROS);
}

function atTime(column: string, operator: '>=' | '<', time: Micros): Condition {
  return (values) => `${column} ${operator} ${values.bind(formatRfc3339(time))}::timestamptz`;
}
