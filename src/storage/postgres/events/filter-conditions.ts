import type { EventFilter } from '../../../core/event-reader.js';
import { inRange } from '../reading/time-conditions.js';
import type { KeyColumn } from './key-edge.js';
import type { Condition, Values } from '../reading/values.js';
import { propertyJson } from './property-json.js';

/** The filters that are one column's equality, in the order of the arguments of `sightline_event_terms`. */
export const EQUALITY_COLUMNS = {
  eventType: 'event_type',
  eventName: 'event_name',
  userId: 'user_id',
  sessionId: 'session_id',
  appVersion: 'app_version',
  priority: 'priority',
} as const satisfies Partial<Record<keyof EventFilter, string>>;

const COLUMNS = Object.values(EQUALITY_COLUMNS);
/** As the index on values has it, to the letter. */
const TERMS = `sightline_event_terms(project_id, ${COLUMNS.join(', ')})`;

/** A filter in conditions on a row. */
export interface FilterConditions {
  /** The project, and what leaves out days of receipt: stretches of the indexes on times and ids. */
  scope: Condition[];
  /** What else is asked, to be looked at in each row; none where nothing is. */
  values: Condition[];
  /** The same in words that the index on values knows. */
  indexed: Condition[];
}

/** `inOrderOf`: the column whose index is read: a range of another is one more thing to look at in each row. */
export function filterConditions(
  projectId: number,
  filter: EventFilter,
  inOrderOf?: KeyColumn,
): FilterConditions {
  const column = filter.timeField === 'timestamp' ? '"timestamp"' : 'created_at';
  const range = inRange(column, filter.from, filter.to);
  const isElsewhere = inOrderOf !== undefined && inOrderOf !== column;
  const equalities = equalityConditions(filter);
  const values = [...equalities, ...propertyConditions(filter), ...(isElsewhere ? range : [])];
  return {
    scope: [(values) => `project_id = ${values.bind(projectId)}`, ...(isElsewhere ? [] : range)],
    values,
    indexed: equalities.length > 0 ? [hasTerms(projectId, filter), ...values] : values,
  };
}

function equalityConditions(filter: EventFilter): Condition[] {
  return askedOf(filter).map(
    ({ column, value }) =>
      (values) =>
        `${column} = ${values.bind(value)}`,
  );
}

function hasTerms(projectId: number, filter: EventFilter): Condition {
  return (values) => {
    const project = values.bind(projectId);
    const terms = askedOf(filter).map(
      ({ column, value }) =>
        `sightline_event_term(${project}, ${COLUMNS.indexOf(column) + 1}, ${values.bind(value)})`,
    );
    return `${TERMS} @> array[${terms.join(', ')}]`;
  };
}

function askedOf(filter: EventFilter): { column: (typeof COLUMNS)[number]; value: string }[] {
  const fields = Object.entries(EQUALITY_COLUMNS) as [
    keyof typeof EQUALITY_COLUMNS,
    (typeof COLUMNS)[number],
  ][];
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
