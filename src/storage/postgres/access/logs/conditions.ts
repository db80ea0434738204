import type { AccessFilter } from '../../../../core/access-reader.js';
import type { AccessPosition } from '../../../access-cursor.js';
import { inRange } from '../../reading/time-conditions.js';
import type { Condition } from '../../reading/values.js';

/** Everything that a filter asks of an entry but its path. */
export function plainConditions(projectId: number, filter: AccessFilter): Condition[] {
  const { ip, status, method, from, to } = filter;
  const conditions: Condition[] = [(values) => `project_id = ${values.bind(projectId)}`];
  if (ip !== undefined) conditions.push((values) => `ip = ${values.bind(ip)}`);
  if (status !== undefined) conditions.push((values) => `status = ${values.bind(status)}::smallint`);
  if (method !== undefined) conditions.push((values) => `method = ${values.bind(method)}`);
  return conditions.concat(inRange('"timestamp"', from, to));
}

/** The part of a path, by looking at each. */
export function pathContains(part: string): Condition {
  return (values) => `strpos(path, ${values.bind(part)}) > 0`;
}

/** The same by the trigram index, which serves parts of three characters and more. */
export function pathIndexContains(part: string): Condition {
  return (values) =>
    `sightline_path_words(path) like '%' || sightline_path_words(${values.bind(part)}) || '%' and ${pathContains(part)(values)}`;
}

/** What comes after a position; all where it is null. */
export function after(position: AccessPosition | null): Condition[] {
  if (!position) return [];
  const { timestamp, id } = position;
  return [
    (values) => `("timestamp", id) < (${values.bind(timestamp)}::timestamptz, ${values.bind(id)}::bigint)`,
  ];
}

/** From one UTC day of receipt, inclusive, to another, exclusive; null: no end. */
export function received(from: string, before: string | null): Condition[] {
  const conditions: Condition[] = [
    (values) => `created_at >= ${values.bind(`${from}T00:00:00Z`)}::timestamptz`,
  ];
  if (before !== null) {
    conditions.push((values) => `created_at < ${values.bind(`${before}T00:00:00Z`)}::timestamptz`);
  }
  return conditions;
}
