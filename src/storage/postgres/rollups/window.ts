import type { Micros } from '../../../core/event.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import { cover, type Piece, type Tier } from '../../../core/time-cover.js';
import type { CountedSource } from './counted-source.js';

/** A window of time cut into the points of a series, and those into pieces of buckets and rows. */
export interface Window {
  from: Micros;
  /** Exclusive. */
  to: Micros;
  /** Where each point begins; the first may begin before `from`. */
  starts: readonly Micros[];
}

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

// A bucket belongs to one point, so each point is covered by itself; what is of one tier is then read in one go.
function runsOf(window: Window, tiers: readonly Tier[], firstMinute: Micros): Piece[] {
  const runs: Piece[] = [];
  window.starts.forEach((start, index) => {
    const from = Math.max(start, window.from);
    const to = Math.min(window.starts[index + 1] ?? window.to, window.to);
    for (const piece of cover(from, to, tiers, firstMinute)) {
      const last = runs.at(-1);
      if (last?.tier === piece.tier) last.to = piece.to;
      else runs.push(piece);
    }
  });
  return runs;
}
