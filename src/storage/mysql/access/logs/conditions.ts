import type { AccessFilter } from '../../../../core/access-reader.js';
import { parseRfc3339 } from '../../../../core/rfc3339.js';
import type { AccessPosition } from '../../../access-cursor.js';
import { number, text, time } from '../../literals.js';

/** What a filter asks of a row, for `where`. */
export function filterConditions(projectId: number, filter: AccessFilter): string[] {
  const { ip, status, method, path, from, to } = filter;
  const conditions = [`project_id = ${number(projectId)}`];
  if (ip !== undefined) conditions.push(`ip = ${text(ip)}`);
  if (status !== undefined) conditions.push(`status = ${number(status)}`);
  if (method !== undefined) conditions.push(`method = ${text(method)}`);
  // and not `created_at >=` a day before that, which would leave out the older partitions: with it MariaDB reads whole ones
  if (from !== undefined) conditions.push(`timestamp >= ${time(from)}`);
  if (to !== undefined) conditions.push(`timestamp < ${time(to)}`);
  // no index knows the inside of a text: looked for in the rows that the rest leaves, newest first
  if (path !== undefined) conditions.push(`locate(${text(path)}, path) > 0`);
  return conditions;
}

/** What comes after a position, newest first; all where it is null. */
export function after(position: AccessPosition | null): string[] {
  if (!position) return [];
  // the first half for the index, which does not know a comparison of pairs
  const timestamp = timeOf(position);
  return [`timestamp <= ${timestamp}`, `(timestamp < ${timestamp} or id < ${number(position.id)})`];
}

/** The same oldest first. */
export function afterOldestFirst(position: AccessPosition | null): string[] {
  if (!position) return [];
  const timestamp = timeOf(position);
  return [`timestamp >= ${timestamp}`, `(timestamp > ${timestamp} or id > ${number(position.id)})`];
}

function timeOf({ timestamp }: AccessPosition): string {
  return time(parseRfc3339(timestamp));
}
