import { EQUAL_FIELDS, type EqualField } from './event.js';
import { ExactNumber } from './exact-json.js';

/** One parameter of `/logs/filter`: a field, or `prop.` and a path. */
export interface ValueFilter {
  name: EqualField | `prop.${string}`;
  value: string;
}

/** Where a value stands in an event: names, and indices of arrays. */
export type ValuePath = readonly (string | number)[];

const MAX_DEPTH = 32;
const fields: readonly string[] = EQUAL_FIELDS;

/** The filter that finds events with this value in this place, or null where the server has none. */
export function filterFor(path: ValuePath, value: unknown): ValueFilter | null {
  const text = textOf(value);
  if (text === null) return null;
  const [first, ...rest] = path;
  if (rest.length === 0) {
    const asks = fields.includes(String(first)) && value !== null && text !== '';
    return asks ? { name: first as EqualField, value: text } : null;
  }
  if (first !== 'properties') return null;
  if (
    rest.length === 2 &&
    rest[0] === 'tags' &&
    rest[1] === 'provider' &&
    typeof value === 'string' &&
    value
  ) {
    return { name: 'provider_name', value };
  }
  const reachable = rest.length <= MAX_DEPTH && rest.every(isAskable);
  return reachable ? { name: `prop.${rest.join('.')}`, value: text } : null;
}

// Dots descend, so a name with one in it cannot be asked for; neither can the items of an array.
function isAskable(name: string | number): boolean {
  return typeof name === 'string' && name !== '' && !name.includes('.');
}

function textOf(value: unknown): string | null {
  if (value instanceof ExactNumber) return value.source;
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  return null;
}
