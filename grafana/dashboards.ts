import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { accessLogs } from './definitions/access-logs.js';
import { mysqlQueries } from './definitions/access-mysql.js';
import { postgresQueries } from './definitions/access-postgres.js';
import { analyticsOverview } from './definitions/analytics-overview.js';
import { kafkaPipeline } from './definitions/kafka.js';
import { serverMetrics } from './definitions/server-metrics.js';
import { projectById, projectByName } from './kit/dashboard.js';
import { MARIADB, POSTGRES } from './kit/datasources.js';

/** Every dashboard, by its file under grafana/dashboards. `npm run grafana:dashboards` writes them. */
export const dashboards: Record<string, Dashboard> = {
  'common/analytics-overview.json': analyticsOverview(),
  'common/kafka.json': kafkaPipeline(),
  'common/server-metrics.json': serverMetrics(),
  'mysql/access-logs.json': accessLogs({
    datasource: MARIADB,
    queries: mysqlQueries,
    project: projectById(),
  }),
  'postgres/access-logs.json': accessLogs({
    datasource: POSTGRES,
    queries: postgresQueries,
    project: projectByName(),
  }),
};

/** The text of a file. */
export function fileOf(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
