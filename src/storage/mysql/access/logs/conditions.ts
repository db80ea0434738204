import type { AccessFilter } from '../../../../core/access-reader.js';
import { parseRfc3339 } from '../../../../core/rfc3339.js';
import type { AccessPosition } from '../../../access-cursor.js';
import { number, text, time } from '../../literals.js';

const DAY_MICROS = 86_400_000_000;

/** What a filter asks of a row, for `where`. */
export function filterConditions(projectId: number, filter: AccessFilter): string[] {
  const { ip, status, method, path, from, to } = filter;
  const conditions = [`project_id = ${number(projectId)}`];
  if (ip !== undefined) conditions.push(`ip = ${text(ip)}`);
  if (status !== undefined) conditions.push(`status = ${number(status)}`);
  if (method !== undefined) conditions.push(`method = ${text(method)}`);
  // a timestamp is at most 24 h after receipt: older partitions are not looked into
  if (from !== undefined)
    conditions.push(`timestamp >= ${time(from)}`, `created_at >= ${time(from - DAY_MICROS)}`);
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
