import { useMemo } from 'preact/hooks';
import type { Colour } from '../../kit/chart/chart-series.js';
import { TimeChart } from '../../kit/chart/time-chart.js';
import type { Unit } from '../../kit/chart/unit.js';
import type { RatePoint } from './counter-rates.js';
import { rateText } from './rate-text.js';
import type { Counter } from './system-answer.js';

const RATE: Unit = {
  short: rateText,
  full: rateText,
  exact: rateText,
  decades: [1, 10, 100, 1_000, 10_000, 100_000],
};

export type Rates = readonly RatePoint<Counter>[];

/** Five minutes. */
export const KEPT_POINTS = 150;
const WINDOW_MS = 300_000;

const LINES: readonly { counter: Counter; name: string; colour: Colour }[] = [
  { counter: 'stored', name: 'Events stored', colour: 'blue' },
  { counter: 'entries', name: 'Access entries stored', colour: 'teal' },
  { counter: 'duplicate', name: 'Duplicate events', colour: 'amber' },
  { counter: 'rejected', name: 'Events rejected', colour: 'red' },
  { counter: 'entriesRejected', name: 'Access entries rejected', colour: 'pink' },
];

/** What comes in, a second, from the differences of the counters since the page was opened. */
export function IngestChart({ rates }: { rates: Rates }) {
  const toMs = rates.at(-1)?.atMs ?? Date.now();
  const times = useMemo(() => rates.map(({ atMs }) => atMs / 1000), [rates]);
  const series = useMemo(
    () =>
      LINES.map(({ counter, name, colour }) => ({
        name,
        colour,
        values: rates.map(({ perSecond }) => perSecond[counter]),
      })),
    [rates],
  );
  return (
    <TimeChart
      label="Ingest by second"
      kind="lines"
      times={times}
      series={series}
      unit={RATE}
      window={{ fromMs: toMs - WINDOW_MS, toMs }}
      leastMax={1}
    />
  );
}
