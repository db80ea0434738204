import type { AccessFilter, AccessPosition } from '../../../core/ports/access-reader.js';
import {
  equals,
  hasTerms,
  type Equality,
  type FilterConditions,
  type Terms,
  hasRange,
  inRange,
} from '../reading/filter-conditions.js';
import type { Condition } from '../reading/values.js';

/** In the order of the arguments of `sightline_access_terms`. */
const EQUALITY_COLUMNS = ['ip', 'status', 'method'] as const;
const TERMS: Terms = { function: 'sightline_access_terms', columns: EQUALITY_COLUMNS };

/** The status of most entries; all others have an index of their own, ordered by timestamp. */
const USUAL: Partial<Record<string, string>> = { status: '200', method: 'GET' };

export function entryConditions(projectId: number, filter: AccessFilter): FilterConditions {
  const { ip, path, from, to } = filter;
  const equalities = equalitiesOf(filter);
  const leading = equalities.find(({ column, value }) => column in USUAL && USUAL[column] !== value);
  const others = equalities.filter((one) => one !== leading).map(equals);
  const isEqual = equalities.length === 0 ? [] : [hasTerms(TERMS, projectId, equalities)];
  return {
    scope: [
      (values) => `project_id = ${values.bind(projectId)}`,
      ...(leading ? [equals(leading)] : []),
      ...inRange('"timestamp"', from, to),
    ],
    values: path === undefined ? others : [...others, pathContains(path)],
    indexed: [
      ...(others.length > 0 || path !== undefined ? isEqual : []),
      ...others,
      ...(path === undefined ? [] : [pathIndexContains(path), pathContains(path)]),
    ],
    hasRange: hasRange(filter),
    // an address has few entries among those of all
    isRareByNature: ip !== undefined,
    isUnknownToPlanner: false,
  };
}

function equalitiesOf(filter: AccessFilter): Equality[] {
  return EQUALITY_COLUMNS.flatMap((column) => {
    const value = filter[column];
    return value === undefined ? [] : [{ column, value: String(value) }];
  });
}

/** The part of a path, by looking at each. */
function pathContains(part: string): Condition {
  return (values) => `strpos(path, ${values.bind(part)}) > 0`;
}

/** The same by trigrams, which know parts of three characters and more. */
function pathIndexContains(part: string): Condition {
  return (values) =>
    `sightline_path_words(path) like '%' || sightline_path_words(${values.bind(part)}) || '%'`;
}

/** What comes after a position, newest first. */
export function after({ timestamp, id }: AccessPosition): Condition[] {
  return [
    (values) => `("timestamp", id) < (${values.bind(timestamp)}::timestamptz, ${values.bind(id)}::bigint)`,
  ];
}
