import type { EventFilter, SortColumn } from '../../../core/event-reader.js';
import { EVENT_TYPES, PRIORITIES } from '../../../core/event.js';
import { parseRfc3339 } from '../../../core/rfc3339.js';
import type { Position } from './event-cursor.js';
import { receivedFor } from '../reading/time-conditions.js';
import { EQUALITY_COLUMNS } from './filter-conditions.js';
import type { Condition } from '../reading/values.js';

/**
 * A stretch of the order that one index gives by itself. A page reads them one after the other until it is full.
 * `a > $1 or (a = $1 and b > $2)` in one statement would read and drop everything before the cursor.
 */
export interface Segment {
  conditions: Condition[];
  orderBy: string;
}

type ValueColumn = Exclude<SortColumn, 'id' | 'created_at' | 'timestamp'>;

const KNOWN_VALUES: Partial<Record<ValueColumn, readonly string[]>> = {
  event_type: EVENT_TYPES.toSorted(),
  priority: PRIORITIES.toSorted(),
};
const NULLABLE: readonly ValueColumn[] = ['user_id', 'session_id', 'app_version'];

/** Everything of a question after `after`, in its order; rows without a value come last in both directions. */
export function pageSegments(
  filter: EventFilter,
  sortBy: SortColumn,
  descending: boolean,
  after: Position | null,
): Segment[] {
  switch (sortBy) {
    case 'id':
      return [keySegment(['id'], descending, after && [after.id])];
    case 'created_at':
      return [
        keySegment(
          ['created_at', 'id'],
          descending,
          after && [after.createdAt, after.id],
          sameDays(after, descending),
        ),
      ];
    case 'timestamp':
      return [
        keySegment(
          ['"timestamp"', 'id'],
          descending,
          after && [after.value, after.id],
          laterDays(after, descending),
        ),
      ];
    default:
      return valueSegments(filter, sortBy, descending, after);
  }
}

// Rows of unique keys: one range of one index.
function keySegment(
  columns: string[],
  descending: boolean,
  after: unknown[] | null,
  pruning: Condition[] = [],
): Segment {
  const operator = descending ? '<' : '>';
  const range: Condition = (values) =>
    `(${columns.join(', ')}) ${operator} (${(after ?? []).map((key) => values.bind(key)).join(', ')})`;
  return {
    conditions: after ? [range, ...pruning] : pruning,
    orderBy: columns.map((column) => `${column} ${descending ? 'desc' : 'asc'}`).join(', '),
  };
}

// PostgreSQL leaves out partitions by a plain comparison, not by one of rows.
function sameDays(after: Position | null, descending: boolean): Condition[] {
  if (!after) return [];
  return [(values) => `created_at ${descending ? '<=' : '>='} ${values.bind(after.createdAt)}::timestamptz`];
}

function laterDays(after: Position | null, descending: boolean): Condition[] {
  return after && !descending ? [receivedFor(parseRfc3339(after.value as string)!)] : [];
}

// Rows that share a value: by (created_at, id) as the indexes on a column have it, newest first; exactly flipped when descending.
function valueSegments(
  filter: EventFilter,
  column: ValueColumn,
  descending: boolean,
  after: Position | null,
): Segment[] {
  const oldestFirst = descending;
  const tied = (conditions: Condition[], from: Position | null): Segment => {
    const rest = keySegment(
      ['created_at', 'id'],
      !oldestFirst,
      from && [from.createdAt, from.id],
      sameDays(from, !oldestFirst),
    );
    return { conditions: [...conditions, ...rest.conditions], orderBy: rest.orderBy };
  };
  const equals =
    (value: unknown): Condition =>
    (values) =>
      `${column} = ${values.bind(value)}`;
  const isNull: Condition = () => `${column} is null`;

  if (isPinned(filter, column)) return [tied([], after)];
  const known = KNOWN_VALUES[column];
  if (known) {
    const order = descending ? known.toReversed() : known;
    const rest = after ? order.slice(order.indexOf(String(after.value))) : order;
    return rest.map((value) => tied([equals(value)], after?.value === value ? after : null));
  }
  if (after?.value === null) return [tied([isNull], after)];
  const others: Condition = after
    ? (values) => `${column} ${descending ? '<' : '>'} ${values.bind(after.value)}`
    : () => `${column} is not null`;
  const segments: Segment[] = [
    { conditions: [others], orderBy: `${column} ${descending ? 'desc' : 'asc'}, ${tied([], null).orderBy}` },
  ];
  if (after) segments.unshift(tied([equals(after.value)], after));
  if (NULLABLE.includes(column)) segments.push(tied([isNull], null));
  return segments;
}

function isPinned(filter: EventFilter, column: ValueColumn): boolean {
  return Object.entries(EQUALITY_COLUMNS).some(
    ([field, name]) => name === column && filter[field as keyof EventFilter] !== undefined,
  );
}
