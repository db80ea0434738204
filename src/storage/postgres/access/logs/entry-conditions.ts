import type { AccessFilter } from '../../../../core/access-reader.js';
import type { AccessPosition } from '../../../access-cursor.js';
import {
  equals,
  hasTerms,
  type Equality,
  type FilterConditions,
  type Terms,
} from '../../reading/filter-conditions.js';
import { inRange } from '../../reading/time-conditions.js';
import type { Condition } from '../../reading/values.js';

const EQUALITY_COLUMNS = ['ip', 'status', 'method'] as const;

const TERMS: Terms = { function: 'sightline_access_terms', columns: EQUALITY_COLUMNS };

export function entryConditions(projectId: number, filter: AccessFilter): FilterConditions {
  const { ip, path, from, to } = filter;
  const equalities = equalitiesOf(filter);
  const plain = equalities.map(equals);
  return {
    scope: [(values) => `project_id = ${values.bind(projectId)}`, ...inRange('"timestamp"', from, to)],
    values: path === undefined ? plain : [...plain, pathContains(path)],
    indexed: [
      ...(equalities.length > 0 ? [hasTerms(TERMS, projectId, equalities)] : []),
      ...plain,
      ...(path === undefined ? [] : [pathIndexContains(path), pathContains(path)]),
    ],
    // an address has few entries among those of all
    isRareByNature: ip !== undefined,
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

/** What comes after a position, newest first; all where it is null. */
export function after(position: AccessPosition | null): Condition[] {
  if (!position) return [];
  const { timestamp, id } = position;
  return [
    (values) => `("timestamp", id) < (${values.bind(timestamp)}::timestamptz, ${values.bind(id)}::bigint)`,
  ];
}
