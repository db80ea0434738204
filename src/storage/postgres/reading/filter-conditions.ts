import { formatRfc3339 } from '../../../core/records/rfc3339.js';
import { MAX_AHEAD } from '../../../core/records/timestamps.js';
import type { Micros } from '../../../core/time.js';
import type { Condition } from './values.js';

/** A filter in conditions on a row. */
export interface FilterConditions {
  /** The project, what leaves out days of receipt, and a value that an index has in order: stretches of the indexes on times and ids. */
  scope: Condition[];
  /** What else is asked, to be looked at in each row; none where nothing is. */
  values: Condition[];
  /** The same in words that the index on values knows. */
  indexed: Condition[];
  /** Pages at random tell little of a range of times. */
  hasRange: boolean;
  /** Of values that few rows have among those of all, such as a user's: that index is asked first. */
  isRareByNature: boolean;
  /** Does the planner know next to nothing of some of the values? Of properties it has a hundred samples. */
  isUnknownToPlanner: boolean;
}

/** A filter by one column. */
export interface Equality {
  column: string;
  value: string;
}

/** A function of a row that the index on values has: project, then these columns, each value as a term. */
export interface Terms {
  function: string;
  columns: readonly string[];
}

export function equals({ column, value }: Equality): Condition {
  return (values) => `${column} = ${values.bind(value)}`;
}

/** Rows that have the terms of all these values. Other values may share them: `equals` looks again. */
export function hasTerms(
  { function: name, columns }: Terms,
  projectId: number,
  equalities: readonly Equality[],
): Condition {
  return (values) => {
    const project = values.bind(projectId);
    const terms = equalities.map(
      ({ column, value }) =>
        `sightline_term(${project}, ${columns.indexOf(column) + 1}, ${values.bind(value)})`,
    );
    // the call as the index has it, to the letter
    return `${name}(project_id, ${columns.join(', ')}) @> array[${terms.join(', ')}]`;
  };
}

/** The times of a filter: `from` inclusive, `to` exclusive. */
interface Times {
  from?: Micros;
  to?: Micros;
}

export function hasRange({ from, to }: Times): boolean {
  return from !== undefined || to !== undefined;
}

/** `from` inclusive, `to` exclusive, where they are given. */
export function inRange(
  column: 'created_at' | '"timestamp"',
  from: Micros | undefined,
  to: Micros | undefined,
): Condition[] {
  const conditions: Condition[] = [];
  if (from !== undefined) {
    conditions.push(atTime(column, '>=', from));
    if (column === '"timestamp"') conditions.push(receivedFor(from));
  }
  if (to !== undefined) conditions.push(atTime(column, '<', to));
  return conditions;
}

/** Leaves out the partitions that are too old to hold a record with this timestamp or a later one. */
export function receivedFor(timestamp: Micros): Condition {
  return atTime('created_at', '>=', timestamp - MAX_AHEAD);
}

function atTime(column: string, operator: '>=' | '<', time: Micros): Condition {
  return (values) => `${column} ${operator} ${values.bind(formatRfc3339(time))}::timestamptz`;
}
