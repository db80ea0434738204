import { INTERVALS } from '../../core/event-stats.js';
import { EVENT_TYPES, PRIORITIES } from '../../core/event.js';

// JSON Schemas (2020-12, as OpenAPI 3.1 has them) that answers are described with. One with a `title` becomes a component of
// that name, and is referred to wherever it stands (http/openapi.ts).

export const text = { type: 'string' } as const;
export const flag = { type: 'boolean' } as const;
export const number = { type: 'number' } as const;
export const integer = { type: 'integer' } as const;
export const time = { type: 'string', format: 'date-time' } as const;

/** A schema of a plain type, or null. */
export function orNull<Schema extends { readonly type: string; readonly enum?: readonly unknown[] }>(
  schema: Schema,
) {
  const words = schema.enum && { enum: [...schema.enum, null] };
  return { ...schema, type: [schema.type, 'null'], ...words };
}

export function enumOf(words: readonly string[], description?: string) {
  return { type: 'string', enum: [...words], ...(description !== undefined && { description }) } as const;
}

export function listOf(items: object, description?: string) {
  return { type: 'array', items, ...(description !== undefined && { description }) } as const;
}

/** By names that only the data knows. */
export function mapOf(additionalProperties: object | true, description?: string) {
  return {
    type: 'object',
    additionalProperties,
    ...(description !== undefined && { description }),
  } as const;
}

/** An object; every property is always there, but for the optional ones. */
export function record(
  properties: Record<string, object>,
  { optional = [], ...rest }: { title?: string; description?: string; optional?: readonly string[] } = {},
) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, ...rest } as const;
}

/** Milliseconds, null where nothing was timed. */
export const millisOrNull = orNull(number);

/** What a point or a total of latency has. */
export const latencyValues = {
  count: integer,
  avg: millisOrNull,
  p50: millisOrNull,
  p95: millisOrNull,
  p99: millisOrNull,
  max: millisOrNull,
};

const warnings = listOf(text, 'Parameters that were ignored');

/** Data of a series of these types: a point has these values, and the totals have them too. */
export function seriesOf(
  types: readonly string[],
  values: Record<string, object>,
  { grouped = false }: { grouped?: boolean } = {},
) {
  const group = { group: { ...text, description: 'With group_by' } };
  const point = record({ time, ...(grouped && group), ...values }, { optional: ['group'] });
  return record({
    type: enumOf(types),
    from: time,
    to: time,
    interval: enumOf(INTERVALS),
    timezone: text,
    series: listOf(point),
    totals: record(values),
    warnings,
  });
}

const topValue = record(
  { value: text, count: integer, errors: integer, avg_ms: millisOrNull, max_ms: millisOrNull },
  { title: 'TopValue' },
);

/** Data of the first values of a dimension. */
export function topOf(dimensions: readonly string[], more: Record<string, object> = {}) {
  return record({
    by: enumOf(dimensions),
    ...more,
    from: time,
    to: time,
    values: listOf(topValue),
    other: integer,
    total: integer,
    warnings,
  });
}

/** An event as it is answered. */
export const storedEvent = record(
  {
    id: integer,
    event_id: text,
    event_type: enumOf(EVENT_TYPES),
    event_name: text,
    timestamp: time,
    reported_timestamp: {
      ...orNull(time),
      description: 'The timestamp that the device sent, if it was too far ahead',
    },
    properties: mapOf(true),
    device_info: mapOf(true),
    user_id: orNull(text),
    session_id: orNull(text),
    app_version: orNull(text),
    sequence_number: orNull(integer),
    priority: enumOf(PRIORITIES),
    created_at: { ...time, description: 'Time of receipt' },
    processed_at: { ...time, description: 'Time of storing' },
  },
  { title: 'StoredEvent' },
);
