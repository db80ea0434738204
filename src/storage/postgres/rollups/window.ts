import type { Micros } from '../../../core/event.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import { cover, type Piece, type Tier } from '../../../core/time-cover.js';
import { runsOf, type Window } from '../../../core/window-runs.js';
import type { CountedSource } from './counted-source.js';

/**
 * The values of parameters $1 to $6 of every query that counts a window: project, the runs of pieces (from, to, tier) that
 * follow one another without a gap, where the points begin, and the window's end.
 * @throws RangeError for a window with ragged ends, where only buckets are there to be counted.
 */
export function windowValues(
  source: CountedSource,
  projectId: number,
  window: Window,
  tiers: readonly Tier[],
  firstMinute: Micros,
): unknown[] {
  const runs = runsOf(window, tiers, firstMinute);
  if (!source.everyRecordHasRow && runs.some(({ tier }) => tier === 0)) {
    throw new RangeError(`${formatRfc3339(window.from)} to ${formatRfc3339(window.to)} has no whole buckets`);
  }
  return [
    projectId,
    ...columnsOf(runs),
    window.starts.map((start) => formatRfc3339(start)),
    formatRfc3339(window.to),
  ];
}

/** The runs of a window as if it were one point. */
export function runValues(
  { from, to }: Omit<Window, 'starts'>,
  tiers: readonly Tier[],
  firstMinute: Micros,
): unknown[] {
  return columnsOf(cover(from, to, tiers, firstMinute));
}

function columnsOf(runs: readonly Piece[]): unknown[] {
  return [
    runs.map((run) => formatRfc3339(run.from)),
    runs.map((run) => formatRfc3339(run.to)),
    runs.map((run) => run.tier),
  ];
}
