import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PROMETHEUS } from './datasources.js';

const REF_IDS = 'ABCDEFGH';

/** Expressions over time, each with what its lines are called. */
export function over(...queries: readonly (readonly [expr: string, legend: string])[]): DataqueryBuilder[] {
  return queries.map(([expr, legend], k) =>
    new DataqueryBuilder().refId(REF_IDS[k]).datasource(PROMETHEUS).expr(expr).legendFormat(legend).range(),
  );
}

/** The value of now. */
export function now(expr: string): DataqueryBuilder[] {
  return [new DataqueryBuilder().refId('A').datasource(PROMETHEUS).expr(expr).instant()];
}

/** The percentiles of a histogram, over what is scraped. */
export function percentiles(histogram: string, labels: string): DataqueryBuilder[] {
  const of = (share: number) =>
    `histogram_quantile(${share}, sum by (le) (rate(${histogram}_bucket{${labels}}[$__rate_interval])))`;
  return over([of(0.5), 'p50'], [of(0.95), 'p95'], [of(0.99), 'p99']);
}
