import { TIERS, type Tier } from '../../../../core/time-cover.js';
import type { Dimension } from '../counted-source.js';

/**
 * After `from counted`: each of its rows once for each tier (`tier`, `width`) that its dimension has; parameter $3 is the
 * first minute that has a bucket of its own.
 */
export function tiersOf(
  dimensions: readonly Dimension[],
  tiers: (dimension: Dimension) => readonly Tier[],
): string {
  const widths = TIERS.map((tier) => `(${tier}, interval '${tier} minutes')`).join(', ');
  const missing = dimensions
    .filter((dimension) => tiers(dimension).length < TIERS.length)
    .map(
      (dimension) => ` and (dimension <> '${dimension.name}' or tier in (${tiers(dimension).join(', ')}))`,
    );
  return `cross join (values ${widths}) as t(tier, width)
  where (tier > 1 or minute >= $3::timestamptz)${missing.join('')}`;
}
