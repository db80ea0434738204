import {
  STATUS_CLASSES,
  type Requests,
  type Stats,
  type StatusClass,
  type UniqueIps,
} from '../../kit/api/answers.js';
import { axisOf, type ChartData } from '../../kit/chart/chart-data.js';
import type { Colour } from '../../kit/chart/chart-series.js';
import { ratesOf, valuesOf } from '../../kit/series.js';
import type { Share } from '../../kit/significance.js';

const STATUS_COLOURS: Record<StatusClass, Colour> = {
  '1xx': 'grey',
  '2xx': 'green',
  '3xx': 'blue',
  '4xx': 'amber',
  '5xx': 'red',
  none: 'grey',
};

/** Requests with status 400 and above. */
export const errorsOf = ({ count, errors }: Requests): Share => ({ hits: errors, of: count });
/** Requests with status 500 and above. */
export const serverErrorsOf = ({ count, statuses }: Requests): Share => ({
  hits: statuses['5xx'],
  of: count,
});

/** Requests by class of status, those that there are. */
export function requestsChart(stats: Stats<Requests>): ChartData {
  const { series, totals } = stats;
  const classes = STATUS_CLASSES.filter((one) => totals.statuses[one] > 0);
  return {
    ...axisOf(stats),
    series: classes.map((one) => ({
      name: one === 'none' ? 'no status' : one,
      colour: STATUS_COLOURS[one],
      values: valuesOf(series, ({ statuses }) => statuses[one]),
    })),
  };
}

export function errorsChart(stats: Stats<Requests>): ChartData {
  const { series } = stats;
  return {
    ...axisOf(stats),
    series: [
      {
        name: 'All errors',
        colour: 'amber',
        ...ratesOf(series.map(errorsOf)),
      },
      {
        name: 'Server errors',
        colour: 'red',
        ...ratesOf(series.map(serverErrorsOf)),
      },
    ],
  };
}

export function uniqueIpsChart(stats: Stats<UniqueIps>): ChartData {
  const values = valuesOf(stats.series, ({ unique_ips: addresses }) => addresses);
  return { ...axisOf(stats), series: [{ name: 'Unique IPs', colour: 'teal', values }] };
}
