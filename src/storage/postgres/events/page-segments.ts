import type { EventFilter, EventPosition, SortColumn } from '../../../core/ports/event-reader.js';
import { EVENT_TYPES, PRIORITIES } from '../../../core/records/event.js';
import { parseRfc3339 } from '../../../core/records/rfc3339.js';
import { receivedFor } from '../reading/filter-conditions.js';
import type { Key, KeyColumn } from '../reading/key-edge.js';
import type { Condition } from '../reading/values.js';
import { EQUALITY_COLUMNS } from './filter-conditions.js';

/**
 * A stretch of a page's order. A page reads them one after the other until it is full.
 * `a > $1 or (a = $1 and b > $2)` in one statement would read and drop everything before the cursor.
 */
export interface Segment {
  filter: EventFilter;
  conditions: Condition[];
  orderBy: string;
  /** What the order begins with; null where no index helps, and everything is read to be sorted. */
  key: Key | null;
}

type ValueColumn = Exclude<SortColumn, 'id' | 'created_at' | 'timestamp'>;

/** The columns with so few values that each is a segment of its own. */
const KNOWN_VALUES = {
  event_type: { field: 'eventType', order: EVENT_TYPES.toSorted() },
  priority: { field: 'priority', order: PRIORITIES.toSorted() },
} as const;

/** Everything of a query after `after`, in its order; rows without a value come last in both directions. */
export function pageSegments(
  filter: EventFilter,
  sortBy: SortColumn,
  descending: boolean,
  after: EventPosition | null,
): Segment[] {
  switch (sortBy) {
    case 'id':
      return [keySegment(filter, ['id'], descending, after && [after.id])];
    case 'created_at':
      return [byReceipt(filter, descending, after)];
    case 'timestamp':
      return [
        keySegment(
          filter,
          ['"timestamp"', 'id'],
          descending,
          after && [after.value, after.id],
          laterDays(after, descending),
        ),
      ];
    default:
      if (isPinned(filter, sortBy)) return [byReceipt(filter, !descending, after)];
      if (sortBy === 'event_type' || sortBy === 'priority')
        return knownSegments(filter, sortBy, descending, after);
      return [sortedSegment(filter, sortBy, descending, after)];
  }
}

// Rows of unique keys: one range of one index.
function keySegment(
  filter: EventFilter,
  columns: [KeyColumn, 'id'?],
  descending: boolean,
  after: unknown[] | null,
  pruning: Condition[] = [],
): Segment {
  const range: Condition = (values) =>
    `(${columns.join(', ')}) ${descending ? '<' : '>'} (${(after ?? []).map((key) => values.bind(key)).join(', ')})`;
  return {
    filter,
    conditions: after ? [range, ...pruning] : [],
    orderBy: columns.map((column) => `${column} ${descending ? 'desc' : 'asc'}`).join(', '),
    key: { column: columns[0], descending },
  };
}

function byReceipt(filter: EventFilter, descending: boolean, after: EventPosition | null): Segment {
  const place = after && [after.createdAt, after.id];
  return keySegment(filter, ['created_at', 'id'], descending, place, sameDays(after, descending));
}

// PostgreSQL prunes partitions by a plain comparison, not by a row comparison.
function sameDays(after: EventPosition | null, descending: boolean): Condition[] {
  if (!after) return [];
  return [(values) => `created_at ${descending ? '<=' : '>='} ${values.bind(after.createdAt)}::timestamptz`];
}

function laterDays(after: EventPosition | null, descending: boolean): Condition[] {
  return after && !descending ? [receivedFor(parseRfc3339(after.value as string)!)] : [];
}

// Rows that share a value: by (created_at, id), newest first; exactly flipped when descending.
function knownSegments(
  filter: EventFilter,
  column: keyof typeof KNOWN_VALUES,
  descending: boolean,
  after: EventPosition | null,
): Segment[] {
  const { field, order } = KNOWN_VALUES[column];
  const inOrder: readonly string[] = descending ? order.toReversed() : order;
  const rest = after ? inOrder.slice(inOrder.indexOf(String(after.value))) : inOrder;
  return rest.map((value) =>
    byReceipt({ ...filter, [field]: value }, !descending, after?.value === value ? after : null),
  );
}

function sortedSegment(
  filter: EventFilter,
  column: ValueColumn,
  descending: boolean,
  after: EventPosition | null,
): Segment {
  const [direction, tied] = descending ? ['desc', 'asc'] : ['asc', 'desc'];
  const orderBy = `${column} ${direction} nulls last, created_at ${tied}, id ${tied}`;
  return { filter, conditions: after ? [afterValue(column, descending, after)] : [], orderBy, key: null };
}

function afterValue(
  column: ValueColumn,
  descending: boolean,
  { value, createdAt, id }: EventPosition,
): Condition {
  const [beyond, tied] = descending ? ['<', '>'] : ['>', '<'];
  return (values) => {
    const later = `(created_at, id) ${tied} (${values.bind(createdAt)}::timestamptz, ${values.bind(id)}::bigint)`;
    if (value === null) return `${column} is null and ${later}`;
    const bound = values.bind(value);
    return `(${column} ${beyond} ${bound} or ${column} is null or (${column} = ${bound} and ${later}))`;
  };
}

function isPinned(filter: EventFilter, column: ValueColumn): boolean {
  return Object.entries(EQUALITY_COLUMNS).some(
    ([field, name]) => name === column && filter[field as keyof EventFilter] !== undefined,
  );
}
