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

export function oneWord(words: readonly string[], description?: string) {
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
