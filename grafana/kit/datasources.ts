import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/dashboard';

/** As grafana/provisioning/datasources/sightline.yml has them. */
export const POSTGRES: DataSourceRef = { type: 'grafana-postgresql-datasource', uid: 'sightline-postgres' };
export const MARIADB: DataSourceRef = { type: 'mysql', uid: 'sightline-mariadb' };
export const PROMETHEUS: DataSourceRef = { type: 'prometheus', uid: 'sightline-prometheus' };
