import type { EventFilter } from '../../../core/event-reader.js';
import type { Micros } from '../../../core/event.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import { propertyJson } from './property-json.js';
import type { Condition } from './values.js';

/** The filters that are one column's equality. */
export const EQUALITY_COLUMNS = {
  eventType: 'event_type',
  eventName: 'event_name',
  userId: 'user_id',
  sessionId: 'session_id',
  appVersion: 'app_version',
  priority: 'priority',
} as const satisfies Partial<Record<keyof EventFilter, string>>;

/** A stored timestamp is at most this much after receipt: ingest replaces later ones. */
const MAX_AHEAD_MICROS = 24 * 3_600e6;

const FIRST_MICROS = -62_135_596_800e6; // 0001-01-01T00:00:00Z
const LAST_MICROS = 253_402_300_799e6; // 9999-12-31T23:59:59Z

export function filterConditions(projectId: number, filter: EventFilter): Condition[] {
  const conditions: Condition[] = [(values) => `project_id = ${values.bind(projectId)}`];
  for (const [field, column] of Object.entries(EQUALITY_COLUMNS) as [
    keyof typeof EQUALITY_COLUMNS,
    string,
  ][]) {
    const value = filter[field];
    if (value !== undefined) conditions.push((values) => `${column} = ${values.bind(value)}`);
  }
  if (filter.providerName !== undefined) {
    // the same rows as column provider_name, which no index serves
    const json = JSON.stringify({ tags: { provider: filter.providerName } });
    conditions.push((values) => `properties @> ${values.bind(json)}::jsonb`);
  }
  for (const { path, value } of filter.properties) conditions.push(propertyCondition(path, value));
  return conditions.concat(timeConditions(filter));
}

function propertyCondition(path: readonly string[], value: string): Condition {
  const texts = propertyJson(path, value);
  return (values) => `(${texts.map((json) => `properties @> ${values.bind(json)}::jsonb`).join(' or ')})`;
}

function timeConditions({ timeField, from, to }: EventFilter): Condition[] {
  const column = timeField === 'timestamp' ? '"timestamp"' : 'created_at';
  const conditions: Condition[] = [];
  if (from !== undefined) {
    conditions.push(atTime(column, '>=', from));
    if (timeField === 'timestamp') conditions.push(receivedFor(from));
  }
  if (to !== undefined) conditions.push(atTime(column, '<', to));
  return conditions;
}

/** Leaves out the partitions that are too old to hold an event with this timestamp or a later one. */
export function receivedFor(timestamp: Micros): Condition {
  return atTime('created_at', '>=', timestamp - MAX_AHEAD_MICROS);
}

function atTime(column: string, operator: '>=' | '<', time: Micros): Condition {
  const text = formatRfc3339(Math.min(Math.max(time, FIRST_MICROS), LAST_MICROS));
  return (values) => `${column} ${operator} ${values.bind(text)}::timestamptz`;
}
