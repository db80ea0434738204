import type { AccessFilter } from '../core/access-reader.js';

/**
 * The status whose totals have the same answer as this filter, or null where they have none: totals count the entries whose rows are
 * not kept too (ACCESS_LOG_KEEP=errors, now or in the days before), so only what is kept in any case.
 */
export function totalStatus(filter: AccessFilter): number | null {
  const { status, ...rest } = filter;
  const isAlone = Object.values(rest).every((value) => value === undefined);
  return isAlone && status !== undefined && status >= 400 ? status : null;
}
