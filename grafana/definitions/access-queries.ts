/** The queries of the dashboard of access entries, in the SQL of the store that has them. Columns are named as the panels show them. */
export interface AccessQueries {
  /** One number each, of the dashboard's range. */
  requests: string;
  errorRate: string;
  uniqueIps: string;
  /** `avg`, `p50`, `p95`, `p99` and `max` in one row. */
  latencyTotals: string;
  /** Over time: `time`, `metric`, `value`. */
  traffic: string;
  statusClasses: string;
  methods: string;
  uniqueIpsOverTime: string;
  /** Over time: `time`, `p50`, `p95`, `p99`. */
  latency: string;
  /** `value`, `Entries` */
  statuses: string;
  /** Rows of ten values of a dimension, by what they are put in order by. */
  top(dimension: 'path' | 'ip' | 'user_agent', order: 'Entries' | 'Errors' | 'Average', name: string): string;
  /** The newest entries that have a row. */
  newest: string;
}
