import type { EventFilter } from '../../../core/event-reader.js';
import { inRange } from '../reading/time-conditions.js';
import type { Condition } from '../reading/values.js';
import { propertyJson } from './property-json.js';

/** The filters that are one column's equality. */
export const EQUALITY_COLUMNS = {
  eventType: 'event_type',
  eventName: 'event_name',
  userId: 'user_id',
  sessionId: 'session_id',
  appVersion: 'app_version',
  priority: 'priority',
} as const satisfies Partial<Record<keyof EventFilter, string>>;

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
  const column = filter.timeField === 'timestamp' ? '"timestamp"' : 'created_at';
  return conditions.concat(inRange(column, filter.from, filter.to));
}

function propertyCondition(path: readonly string[], value: string): Condition {
  const texts = propertyJson(path, value);
  return (values) => `(${texts.map((json) => `properties @> ${values.bind(json)}::jsonb`).join(' or ')})`;
}
