import type { Counts, Errors, Grouped, Stats } from '../../kit/api/answers.js';
import { axisOf, type ChartData } from '../../kit/chart/chart-data.js';
import { colourAt, type Colour } from '../../kit/chart/chart-series.js';
import { pivot, ratesOf, valuesAt, valuesOf } from '../../kit/series.js';
import type { Share } from '../../kit/significance.js';

const TYPE_COLOURS = new Map<string, Colour>([
  ['behavioral', 'blue'],
  ['performance', 'teal'],
  ['telemetry', 'violet'],
  ['observability', 'grey'],
  ['error', 'red'],
]);

/** Events by type over the points of all events: the points by type leave out what is zero. */
export function eventsChart([all, byType]: readonly [Stats<Errors>, Stats<Grouped>]): ChartData {
  const axis = axisOf(all);
  const rows = pivot(axis.times, byType.series, groupOf, ({ count }) => count, [...TYPE_COLOURS.keys()]);
  const series = [...rows].map(([name, values], index) => ({
    name,
    colour: TYPE_COLOURS.get(name) ?? colourAt(index),
    values,
  }));
  return { ...axis, series };
}

/** Events of type error. */
export const errorsOf = ({ count, total }: Errors): Share => ({ hits: count, of: total });

const groupOf = ({ group }: Grouped) => group ?? 'none given';

export function peopleChart([users, sessions]: readonly [Stats<Counts>, Stats<Counts>]): ChartData {
  const axis = axisOf(users);
  return {
    ...axis,
    series: [
      { name: 'Users', colour: 'teal', values: valuesOf(users.series, ({ count }) => count) },
      {
        name: 'Sessions',
        colour: 'violet',
        values: valuesAt(axis.times, sessions.series, ({ count }) => count),
      },
    ],
  };
}

export function errorRateChart(stats: Stats<Errors>): ChartData {
  const { series } = stats;
  return {
    ...axisOf(stats),
    series: [{ name: 'Error rate', colour: 'red', ...ratesOf(series.map(errorsOf)) }],
  };
}
