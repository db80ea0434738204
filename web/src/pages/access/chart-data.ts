import {
  STATUS_CLASSES,
  type Requests,
  type Stats,
  type StatusClass,
  type UniqueIps,
} from '../../kit/api/answers.js';
import type { ChartData } from '../../kit/chart/chart-panel.js';
import type { Colour } from '../../kit/chart/chart-series.js';
import { timesOf, valuesOf } from '../../kit/series.js';
import { percentOf, type Share } from '../../kit/significance.js';

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
export function requestsChart({ series, totals }: Stats<Requests>): ChartData {
  const classes = STATUS_CLASSES.filter((one) => totals.statuses[one] > 0);
  return {
    times: timesOf(series),
    series: classes.map((one) => ({
      name: one === 'none' ? 'no status' : one,
      colour: STATUS_COLOURS[one],
      values: valuesOf(series, ({ statuses }) => statuses[one]),
    })),
  };
}

export function errorsChart({ series }: Stats<Requests>): ChartData {
  return {
    times: timesOf(series),
    series: [
      {
        name: 'All errors',
        colour: 'amber',
        values: valuesOf(series, (point) => percentOf(errorsOf(point))),
      },
      {
        name: 'Server errors',
        colour: 'red',
        values: valuesOf(series, (point) => percentOf(serverErrorsOf(point))),
      },
    ],
  };
}

export function uniqueIpsChart({ series }: Stats<UniqueIps>): ChartData {
  const values = valuesOf(series, ({ unique_ips: addresses }) => addresses);
  return { times: timesOf(series), series: [{ name: 'Unique IPs', colour: 'teal', values }] };
}
