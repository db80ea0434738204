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

const STATUS_COLOURS: Record<StatusClass, Colour> = {
  '1xx': 'grey',
  '2xx': 'green',
  '3xx': 'blue',
  '4xx': 'amber',
  '5xx': 'red',
  none: 'grey',
};

/** Percent of requests with status 400 and above; null where nothing was asked for. */
export const errorShare = ({ count, errors }: Requests) => (count === 0 ? null : (errors / count) * 100);

/** Percent of requests with status 500 and above. */
export const serverErrorShare = ({ count, statuses }: Requests) =>
  count === 0 ? null : (statuses['5xx'] / count) * 100;

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
      { name: 'All errors', colour: 'amber', values: valuesOf(series, errorShare) },
      { name: 'Server errors', colour: 'red', values: valuesOf(series, serverErrorShare) },
    ],
  };
}

export function uniqueIpsChart({ series }: Stats<UniqueIps>): ChartData {
  const values = valuesOf(series, ({ unique_ips: addresses }) => addresses);
  return { times: timesOf(series), series: [{ name: 'Unique IPs', colour: 'teal', values }] };
}
