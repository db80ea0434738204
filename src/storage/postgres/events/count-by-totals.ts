import type { EventFilter } from '../../../core/event-reader.js';

const DIMENSION_COLUMNS = {
  eventType: 'event_type',
  eventName: 'event_name',
  priority: 'priority',
  appVersion: 'app_version',
  providerName: 'provider_name',
} as const satisfies Partial<Record<keyof EventFilter, string>>;

type DimensionColumn = (typeof DIMENSION_COLUMNS)[keyof typeof DIMENSION_COLUMNS];

/** What the rollups count one by one: all events of a project, or those with one value in one column. */
export interface TotalQuestion {
  dimension: DimensionColumn | 'all';
  value: string;
}

/** The question of the rollups that has the same answer as this filter, or null where they have none. */
export function totalQuestion(filter: EventFilter): TotalQuestion | null {
  const { eventType, eventName, priority, appVersion, providerName } = filter;
  if (filter.userId !== undefined || filter.sessionId !== undefined || filter.properties.length > 0)
    return null;
  if (filter.from !== undefined || filter.to !== undefined) return null;
  const asked = Object.entries({ eventType, eventName, priority, appVersion, providerName }).filter(
    ([, value]) => value !== undefined,
  );
  if (asked.length === 0) return { dimension: 'all', value: '' };
  const [[field, value]] = asked;
  // value '' of a dimension stands for the events without one
  if (asked.length > 1 || !value) return null;
  return { dimension: DIMENSION_COLUMNS[field as keyof typeof DIMENSION_COLUMNS], value };
}
