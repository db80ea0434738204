import type { EventFilter } from '../../../core/ports/event-reader.js';
import {
  equals,
  hasTerms,
  type Equality,
  type FilterConditions,
  type Terms,
  hasRange,
  inRange,
} from '../reading/filter-conditions.js';
import type { KeyColumn } from '../reading/key-edge.js';
import type { Condition, Values } from '../reading/values.js';

/** The filters that are one column's equality, in the order of the arguments of `sightline_event_terms`. */
export const EQUALITY_COLUMNS = {
  eventType: 'event_type',
  eventName: 'event_name',
  userId: 'user_id',
  sessionId: 'session_id',
  appVersion: 'app_version',
  priority: 'priority',
} as const satisfies Partial<Record<keyof EventFilter, string>>;

const TERMS: Terms = { function: 'sightline_event_terms', columns: Object.values(EQUALITY_COLUMNS) };
const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** `inOrderOf`: the column whose index is read: a range of another is one more thing to look at in each row. */
export function filterConditions(
  projectId: number,
  filter: EventFilter,
  inOrderOf?: KeyColumn,
): FilterConditions {
  const column = filter.timeField === 'timestamp' ? '"timestamp"' : 'created_at';
  const range = inRange(column, filter.from, filter.to);
  const isElsewhere = inOrderOf !== undefined && inOrderOf !== column;
  const equalities = equalitiesOf(filter);
  const properties = propertyConditions(filter);
  const values = [...equalities.map(equals), ...properties, ...(isElsewhere ? range : [])];
  return {
    scope: [(values) => `project_id = ${values.bind(projectId)}`, ...(isElsewhere ? [] : range)],
    values,
    indexed: equalities.length > 0 ? [hasTerms(TERMS, projectId, equalities), ...values] : values,
    hasRange: hasRange(filter),
    // a user has few events among those of all, and a session fewer
    isRareByNature: filter.userId !== undefined || filter.sessionId !== undefined,
    isUnknownToPlanner: properties.length > 0,
  };
}

function equalitiesOf(filter: EventFilter): Equality[] {
  const fields = Object.entries(EQUALITY_COLUMNS) as [keyof typeof EQUALITY_COLUMNS, string][];
  return fields.flatMap(([field, column]) => {
    const value = filter[field];
    return value === undefined ? [] : [{ column, value }];
  });
}

function propertyConditions({ providerName, properties }: EventFilter): Condition[] {
  const conditions = properties.map(({ path, value }) => hasAnyOf(propertyJson(path, value)));
  if (providerName === undefined) return conditions;
  // the same rows as column provider_name, which no index serves
  return [hasAnyOf([JSON.stringify({ tags: { provider: providerName } })]), ...conditions];
}

function hasAnyOf(texts: readonly string[]): Condition {
  const holds = (values: Values) => (json: string) => `properties @> ${values.bind(json)}::jsonb`;
  return (values) => `(${texts.map(holds(values)).join(' or ')})`;
}

/** The JSON texts of every object that has `value` at `path`: as a string, and as the scalar that it spells. */
function propertyJson(path: readonly string[], value: string): string[] {
  const scalar = scalarJson(value);
  const leaves = scalar === null ? [JSON.stringify(value)] : [JSON.stringify(value), scalar];
  return leaves.map((leaf) => path.reduceRight((inner, key) => `{${JSON.stringify(key)}:${inner}}`, leaf));
}

function scalarJson(value: string): string | null {
  if (value === 'true' || value === 'false' || value === 'null') return value;
  // no stored number is beyond a double, and PostgreSQL refuses what is far beyond
  if (!NUMBER.test(value) || !Number.isFinite(Number(value))) return null;
  return INTEGER.test(value) ? value : JSON.stringify(Number(value));
}
