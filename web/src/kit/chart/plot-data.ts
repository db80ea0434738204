import type uPlot from 'uplot';
import { stacked, type Values } from '../series.js';
import { cutBuckets, middleOf, type Buckets } from './buckets.js';

type Kind = 'bars' | 'lines';

/** The whole stack is drawn first and what lies under its top over it. */
export function topFirst<T>(rows: readonly T[], kind: Kind): readonly T[] {
  return kind === 'bars' ? [...rows].reverse() : rows;
}

/**
 * As uPlot takes it. Bars: from the beginnings of the buckets, each row up to the top of its part of the stack. Lines: through
 * their middles, in twice as many rows: first what is whole, then what leads from there to the points that are cut.
 */
export function plotData({
  buckets,
  series,
  kind,
}: {
  buckets: Buckets;
  series: readonly { values: Values }[];
  kind: Kind;
}): uPlot.AlignedData {
  const rows = series.map(({ values }) => values);
  if (kind === 'bars') return [[...buckets.times], ...topFirst(stackedBars(rows), kind)];
  const middles = buckets.times.map((_, index) => middleOf(buckets, index));
  return [middles, ...lines(rows, cutBuckets(buckets))];
}

// An empty bar would still show its gap.
function stackedBars(rows: readonly Values[]): (number | null)[][] {
  return stacked(rows).map((tops, row) => tops.map((top, index) => (rows[row][index] ? top : null)));
}

function lines(rows: readonly Values[], cut: readonly number[]): (number | null)[][] {
  const whole = rows.map((row) => row.map((value, index) => (cut.includes(index) ? null : value)));
  const leading = rows.map((row) => {
    const isCut = (index: number) => cut.includes(index) && row[index] !== null;
    return row.map((value, index) => ([index - 1, index, index + 1].some(isCut) ? value : null));
  });
  return [...whole, ...leading];
}
