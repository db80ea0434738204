import type { AccessFilter } from '../core/ports/access-reader.js';

/**
 * The status whose totals answer this filter, or null if none do. Totals also count entries whose rows are not kept
 * (ACCESS_LOG_KEEP=errors, now or earlier), so they can answer only for statuses whose rows are always kept.
 */
export function totalStatus(filter: AccessFilter): number | null {
  const { status, ...rest } = filter;
  const isAlone = Object.values(rest).every((value) => value === undefined);
  return isAlone && status !== undefined && status >= 400 ? status : null;
}
