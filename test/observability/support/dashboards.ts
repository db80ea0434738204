import { readFileSync } from 'node:fs';

export interface Target {
  /** Title of its panel, and its own id. */
  name: string;
  datasource: { type: string; uid: string };
  format?: 'table' | 'time_series';
  rawSql?: string;
  expr?: string;
  instant?: boolean;
}

interface Dashboard {
  panels: { title: string; targets?: (Omit<Target, 'name'> & { refId: string })[] }[];
  templating: { list: { name: string; query: string; datasource: Target['datasource'] }[] };
}

function read(file: string): Dashboard {
  return JSON.parse(readFileSync(`grafana/dashboards/${file}`, 'utf8')) as Dashboard;
}

/** Every query of a committed dashboard. */
export function targetsOf(file: string): Target[] {
  return read(file).panels.flatMap(({ title, targets = [] }) =>
    targets.map((target) => ({ ...target, name: `${title} (${target.refId})` })),
  );
}

/** The queries that give its variables their values. */
export function variablesOf(file: string): Dashboard['templating']['list'] {
  return read(file).templating.list;
}

/** What a viewer has chosen. */
export interface View {
  fromMs: number;
  toMs: number;
  intervalMs: number;
  variables: Record<string, string>;
}

/**
 * A query as Grafana sends it: first the browser puts in variables (a single value has its quotes doubled, `:sqlstring` puts it
 * into quotes too), then the datasource its macros.
 */
export function expandedSql(
  sql: string,
  { variables, ...view }: View,
  dialect: 'postgres' | 'mysql',
): string {
  const named: Record<string, string> = { ...variables, __interval_ms: String(view.intervalMs) };
  const macros = dialect === 'postgres' ? POSTGRES_MACROS : MYSQL_MACROS;
  const interpolated = sql.replace(
    /\$\{(\w+)(?::(\w+))?\}|\$(?!__(?:time|unix))(\w+)/g,
    (all, braced, format, plain) => {
      const value = named[(braced ?? plain) as string];
      if (value === undefined) throw new Error(`no variable for ${all}`);
      const escaped = value.replaceAll("'", "''");
      return format === 'sqlstring' ? `'${escaped}'` : escaped;
    },
  );
  return interpolated.replace(/\$__(\w+)\(([^()]*)\)/g, (all, name: string, argument: string) => {
    const macro = macros[name];
    if (!macro) throw new Error(`no macro for ${all}`);
    return macro(view, argument);
  });
}

type Macro = (view: Omit<View, 'variables'>, argument: string) => string;

const iso = (ms: number) => `'${new Date(ms).toISOString()}'`;
const unix = (ms: number) => Math.floor(ms / 1000);

// pkg/tsdb/grafana-postgresql-datasource/macros.go
const POSTGRES_MACROS: Record<string, Macro> = {
  timeFrom: ({ fromMs }) => iso(fromMs),
  timeTo: ({ toMs }) => iso(toMs),
  timeFilter: ({ fromMs, toMs }, column) => `${column} BETWEEN ${iso(fromMs)} AND ${iso(toMs)}`,
};

// pkg/tsdb/mysql/macros.go
const MYSQL_MACROS: Record<string, Macro> = {
  timeFrom: ({ fromMs }) => `FROM_UNIXTIME(${unix(fromMs)})`,
  timeTo: ({ toMs }) => `FROM_UNIXTIME(${unix(toMs)})`,
  timeFilter: ({ fromMs, toMs }, column) =>
    `${column} BETWEEN FROM_UNIXTIME(${unix(fromMs)}) AND FROM_UNIXTIME(${unix(toMs)})`,
  unixEpochFrom: ({ fromMs }) => String(unix(fromMs)),
  unixEpochTo: ({ toMs }) => String(unix(toMs)),
};

/** An expression as Grafana sends it: a single value has its regular expression escaped, `All` is what the variable says. */
export function expandedPromql(
  expr: string,
  variables: Record<string, string>,
  rateInterval: string,
): string {
  const named: Record<string, string> = { ...variables, __rate_interval: rateInterval };
  return expr.replace(/\$(?!\{)(\w+)/g, (all, name: string) => {
    const value = named[name];
    if (value === undefined) throw new Error(`no variable for ${all}`);
    return value;
  });
}
