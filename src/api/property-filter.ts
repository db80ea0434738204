import { ApiQuery } from '@nestjs/swagger';
import type { FieldError } from '../core/errors.js';
import type { EventFilter } from '../core/event-reader.js';
import { MAX_DEPTH } from '../core/json.js';
import { isStorable } from './query-checks.js';

export const PROPERTY_PREFIX = 'prop.';

/** `prop.<path>=value` as a filter; dots descend. */
export function propertyFilter(name: string, value: string): EventFilter['properties'][number] | FieldError {
  const path = name.slice(PROPERTY_PREFIX.length).split('.');
  const field = name.toWellFormed();
  if (path.includes('')) return { field, message: 'must be prop. and names joined by dots' };
  if (path.length > MAX_DEPTH) return { field, message: `must not be deeper than ${MAX_DEPTH} names` };
  if (!isStorable(name) || !isStorable(value)) {
    return { field, message: 'must not hold a NUL character or half a surrogate pair' };
  }
  return { path, value };
}

/** The parameters `prop.<path>`, of which there may be many: an object that is spread over the query string. */
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
      '`prop.<path>=value`, each a parameter of its own: events whose `properties` have this value at this path; dots descend: `prop.cart.items=5` finds `{"cart":{"items":5}}` and `{"cart":{"items":"5"}}`',
    examples: {
      none: { summary: 'none', value: {} },
      items: { summary: 'prop.cart.items=5', value: { 'prop.cart.items': '5' } },
    },
  });
}
