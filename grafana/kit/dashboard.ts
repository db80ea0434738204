import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardCursorSync,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard,
  type DataSourceRef,
  type Panel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { POSTGRES } from './datasources.js';

export interface DashboardOf {
  uid: string;
  title: string;
  about: string;
  variables: readonly Builder<VariableModel>[];
  rows: readonly { title: string; panels: readonly Builder<Panel>[] }[];
}

/** A dashboard of the last 24 hours that is asked for anew every 30 seconds. */
export function dashboard({ uid, title, about, variables, rows }: DashboardOf): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(about)
    .tags(['sightline'])
    .time({ from: 'now-24h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .variables([...variables]);
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panel);
  }
  const built = builder.build();
  built.panels?.forEach((panel, k) => (panel.id = k + 1));
  return built;
}

/** A variable whose values a query gives: of SQL the text, of Prometheus a function such as `label_values(…)`. */
export function variable(
  name: string,
  label: string,
  datasource: DataSourceRef,
  query: string | Record<string, unknown>,
  first: { text: string; value: string },
): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query(query)
    .refresh(VariableRefresh.OnDashboardLoad)
    .sort(VariableSort.AlphabeticalAsc)
    .current(first);
}

/** The project whose numbers are shown, by its name. */
export function projectByName(): QueryVariableBuilder {
  const query = 'select name from grafana.projects order by name';
  return variable('project', 'Project', POSTGRES, query, { text: 'default', value: 'default' });
}

/** The same by its id, for a store that has no names of projects. */
export function projectById(): QueryVariableBuilder {
  const query = 'select name as __text, id as __value from grafana.projects order by name';
  return variable('project', 'Project', POSTGRES, query, { text: 'default', value: '1' });
}
