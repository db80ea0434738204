import { variable } from './dashboard.js';
import { PROMETHEUS } from './datasources.js';

/** The processes that a viewer has chosen. */
export const SERVERS = 'job=~"$job", instance=~"$instance"';
export const EVERY = '[$__rate_interval]';

/** What a counter of them grows by in a second, together or by a label. */
export const rate = (metric: string, by = '', labels = SERVERS) =>
  `sum${by && ` by (${by})`} (rate(${metric}{${labels}}${EVERY}))`;

/** The variables for SERVERS: jobs and instances that have a metric. */
export function chosenServers(metric: string) {
  return [
    variable('job', 'Job', PROMETHEUS, `label_values(${metric}, job)`, {
      text: 'sightline',
      value: 'sightline',
    }),
    variable('instance', 'Instance', PROMETHEUS, `label_values(${metric}{job=~"$job"}, instance)`, {
      text: 'All',
      value: '$__all',
    })
      .multi(true)
      .includeAll(true)
      .allValue('.+'),
  ];
}
