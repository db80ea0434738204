import type { Counts, Errors, Grouped, Stats } from '../../kit/api/answers.js';
import type { ChartData } from '../../kit/chart/chart-panel.js';
import { colourAt, type Colour } from '../../kit/chart/chart-series.js';
import type { Share } from '../../kit/significance.js';
import { pivot, timesOf, valuesAt, valuesOf } from '../../kit/series.js';

const TYPE_COLOURS = new Map<string, Colour>([
  ['behavioral', 'blue'],
  ['performance', 'teal'],
  ['telemetry', 'violet'],
  ['observability', 'grey'],
  ['error', 'red'],
]);

/** Events by type over the points of all events: the points by type leave out what is zero. */
export function eventsChart([all, byType]: readonly [Stats<Errors>, Stats<Grouped>]): ChartData {
  const times = timesOf(all.series);
  const rows = pivot(times, byType.series, groupOf, ({ count }) => count, [...TYPE_COLOURS.keys()]);
  const series = [...rows].map(([name, values], index) => ({
    name,
    colour: TYPE_COLOURS.get(name) ?? colourAt(index),
    values,
  }));
  return { times, series };
}

/** Events of type error. */
export const errorsOf = ({ count, total }: Errors): Share => ({ hits: count, of: total });

const groupOf = ({ group }: Grouped) => group ?? 'none given';

export function peopleChart([users, sessions]: readonly [Stats<Counts>, Stats<Counts>]): ChartData {
  const times = timesOf(users.series);
  return {
    times,
    series: [
      { name: 'Users', colour: 'teal', values: valuesOf(users.series, ({ count }) => count) },
      { name: 'Sessions', colour: 'violet', values: valuesAt(times, sessions.series, ({ count }) => count) },
    ],
  };
}

export function errorRateChart({ series }: Stats<Errors>): ChartData {
  // Without events there is no rate: a gap, not a zero.
  const values = valuesOf(series, ({ rate, total }) => (total === 0 ? null : rate));
  return { times: timesOf(series), series: [{ name: 'Error rate', colour: 'red', values }] };
}
