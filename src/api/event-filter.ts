import type { FieldError } from '../core/errors.js';
import type { EventFilter } from '../core/event-reader.js';
import { EVENT_TYPES, PRIORITIES, type EventType, type Priority } from '../core/event.js';
import { ProjectQuery } from './project-query.js';
import { PROPERTY_PREFIX, propertyFilters } from './property-filter.js';
import { Text, Word } from './query-checks.js';

/** The parameters that narrow events to one value each; `prop.<path>` comes among the `others`. */
export class EventFilterQuery extends ProjectQuery {
  @Word(EVENT_TYPES, {})
  event_type?: EventType;

  @Text(100, 'Events with this name')
  event_name?: string;

  @Text(255, 'Events of this user')
  user_id?: string;

  @Text(255, 'Events of this session')
  session_id?: string;

  @Text(50, 'Events of this version of an app')
  app_version?: string;

  @Word(PRIORITIES, {})
  priority?: Priority;

  @Text(255, 'Events whose properties.tags.provider is this')
  provider_name?: string;
}

/** A filter without its window of time. */
export type EqualityFilter = Omit<EventFilter, 'timeField' | 'from' | 'to'>;

/** What the parameters narrow to, and the names of those that mean nothing. Every `prop.` that is wrong goes to `errors`. */
export function equalityFilter(
  query: EventFilterQuery,
  errors: FieldError[],
): { filter: EqualityFilter; unknown: string[] } {
  const isProperty = ([name]: (typeof query.others)[number]): boolean => name.startsWith(PROPERTY_PREFIX);
  const properties = propertyFilters(query.others.filter(isProperty), errors);
  const unknown = query.others.filter((other) => !isProperty(other)).map(([name]) => name);
  const filter = {
    eventType: query.event_type,
    eventName: query.event_name,
    userId: query.user_id,
    sessionId: query.session_id,
    appVersion: query.app_version,
    priority: query.priority,
    providerName: query.provider_name,
    properties,
  };
  return { filter, unknown };
}

/** For routes where a filter that is misspelt must not pass for none. */
export function unknownParameters(names: readonly string[]): FieldError[] {
  return names.map((name) => ({ field: name.toWellFormed(), message: 'is not known' }));
}
