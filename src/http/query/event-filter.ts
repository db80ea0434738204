import { ApiQuery } from '@nestjs/swagger';
import type { FieldError } from '../../core/errors.js';
import { MAX_DEPTH } from '../../core/json/json.js';
import type { EventFilter } from '../../core/ports/event-reader.js';
import { EVENT_TYPES, PRIORITIES, type EventType, type Priority } from '../../core/records/event.js';
import { ProjectQuery } from './project-query.js';
import { Text, OneOf, isStorable } from './query-checks.js';

const PROPERTY_PREFIX = 'prop.';

/** Most `prop.` filters of a request: planning 1,100 in one URL took 30 s. */
const MAX_PROPERTY_FILTERS = 20;
const MAX_NAME_LENGTH = 1_024;
const MAX_VALUE_LENGTH = 8_192;

/** The parameters that narrow events to one value each; `prop.<path>` comes among the `others`. */
export class EventFilterQuery extends ProjectQuery {
  @OneOf(EVENT_TYPES, {})
  event_type?: EventType;

  @Text(100, 'Events with this name')
  event_name?: string;

  @Text(255, 'Events of this user')
  user_id?: string;

  @Text(255, 'Events of this session')
  session_id?: string;

  @Text(50, 'Events of this version of an app')
  app_version?: string;

  @OneOf(PRIORITIES, {})
  priority?: Priority;

  @Text(255, 'Events whose properties.tags.provider is this')
  provider_name?: string;
}

/** A filter without its window of time. */
type EqualityFilter = Omit<EventFilter, 'timeField' | 'from' | 'to'>;

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

/** Errors for unknown parameters, for routes where a misspelt filter must not be ignored. */
export function unknownParameters(names: readonly string[]): FieldError[] {
  return names.map((name) => ({ field: name.toWellFormed(), message: 'is not known' }));
}

type PropertyFilter = EventFilter['properties'][number];

/** The filters of parameters `prop.<path>=value`. What is wrong goes to `errors`. */
function propertyFilters(
  given: readonly (readonly [name: string, value: string])[],
  errors: FieldError[],
): PropertyFilter[] {
  if (given.length > MAX_PROPERTY_FILTERS) {
    const message = `filters are limited to ${MAX_PROPERTY_FILTERS}: ${given.length} were given`;
    errors.push({ field: PROPERTY_PREFIX, message });
    return [];
  }
  const filters: PropertyFilter[] = [];
  for (const [name, value] of given) {
    const filter = propertyFilter(name, value);
    if ('field' in filter) errors.push(filter);
    else filters.push(filter);
  }
  return filters;
}

/** Dots descend. */
function propertyFilter(name: string, value: string): PropertyFilter | FieldError {
  const path = name.slice(PROPERTY_PREFIX.length).split('.');
  const field = name.toWellFormed();
  if (path.includes('')) return { field, message: 'must be prop. followed by names joined by dots' };
  if (name.length > MAX_NAME_LENGTH) {
    return {
      field: field.slice(0, 64),
      message: `must not have a name of more than ${MAX_NAME_LENGTH} characters`,
    };
  }
  if (value.length > MAX_VALUE_LENGTH) {
    return { field, message: `must not be longer than ${MAX_VALUE_LENGTH} characters` };
  }
  if (path.length > MAX_DEPTH) return { field, message: `must not be nested deeper than ${MAX_DEPTH} names` };
  if (!isStorable(name) || !isStorable(value)) {
    return { field, message: 'must not contain a NUL character or a lone surrogate' };
  }
  return { path, value };
}

/** The parameters `prop.<path>`, of which there may be several: an object that is spread over the query string. */
export function ApiPropertyFilter() {
  return ApiQuery({
    name: 'prop',
    required: false,
    style: 'form',
    explode: true,
    schema: {
      type: 'object',
      patternProperties: { '^prop(\\.[^.]+){1,32}$': { type: 'string' } },
      additionalProperties: false,
    },
    description:
      '`prop.<path>=value`, each a parameter of its own, at most 20 of them: events whose `properties` have this value at this path; dots descend: `prop.cart.items=5` finds `{"cart":{"items":5}}` and `{"cart":{"items":"5"}}`',
    examples: {
      none: { summary: 'none', value: {} },
      items: { summary: 'prop.cart.items=5', value: { 'prop.cart.items': '5' } },
    },
  });
}
