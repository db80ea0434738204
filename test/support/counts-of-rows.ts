import pg from 'pg';

/** SQL of how the rows of one table are counted: each dimension with the value that a row has in it. */
interface Kind {
  name: 'event' | 'access';
  table: string;
  error: string;
  dimensions: Record<string, string>;
  /** Those of hours and days only. */
  inHours: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    name: 'event',
    table: 'events',
    error: `event_type = 'error'`,
    dimensions: {
      all: `''`,
      event_type: 'event_type',
      event_name: 'event_name',
      priority: 'priority',
      app_version: `coalesce(app_version, '')`,
      provider_name: `coalesce(provider_name, '')`,
    },
    inHours: [],
  },
  {
    name: 'access',
    table: 'access_logs',
    error: 'status >= 400',
    dimensions: {
      all: `''`,
      status: `coalesce(status::text, '')`,
      method: `coalesce(method, '')`,
      path: `coalesce(path, '')`,
      user_agent: `coalesce(user_agent, '')`,
      ip: `coalesce(ip, '')`,
    },
    inHours: ['path', 'user_agent', 'ip'],
  },
];

/** How many records are in no rollup yet. */
export async function uncounted(url: string): Promise<number> {
  const [{ n }] = await ask<{ n: number }>(
    url,
    `select ((select coalesce(sum(size), 0) from event_blocks) + (select coalesce(sum(size), 0) from access_blocks))::int as n`,
  );
  return n;
}

/**
 * Where the totals, or the rollups of any tier, have another count than the rows: of the last week, of names that are all counted
 * one by one.
 */
export async function differencesFromRows(url: string): Promise<unknown[]> {
  const found = await Promise.all(
    KINDS.flatMap((kind) => [ask(url, inRollups(kind)), ask(url, inTotals(kind))]),
  );
  return found.flat();
}

function inRollups({ name, table, error, dimensions, inHours }: Kind): string {
  const cells = Object.keys(dimensions).map((dimension) => `('${dimension}', r."${dimension}")`);
  const values = Object.entries(dimensions).map(([dimension, value]) => `('${dimension}', ${value})`);
  return differences(
    `select '${name}', r.project_id, r.tier::int, r.bucket, d.dimension, c ->> 0, sum((c ->> 1)::int), sum((c ->> 2)::int)
     from ${name}_rollups r cross join lateral (values ${cells.join()}) as d(dimension, cells)
     cross join lateral json_array_elements(d.cells) as c
     group by 1, 2, 3, 4, 5, 6`,
    `select '${name}', project_id, t.tier, date_bin(t.tier * interval '1 minute', "timestamp", '1970-01-01Z'),
       d.dimension, d.value, count(*), count(*) filter (where ${error})
     from ${table} cross join (values (1), (15), (60), (1440)) as t(tier)
     cross join lateral (values ${values.join()}) as d(dimension, value)
     where t.tier >= 60 or d.dimension not in ('', ${inHours.map((one) => `'${one}'`).join() || `''`})
     group by 1, 2, 3, 4, 5, 6`,
  );
}

function inTotals({ name, table, dimensions }: Kind): string {
  const values = Object.entries(dimensions).map(([dimension, value]) => `('${dimension}', ${value})`);
  return differences(
    `select '${name}', project_id, day, dimension, value, n from ${name}_totals`,
    `select '${name}', project_id, (created_at at time zone 'UTC')::date, d.dimension, d.value, count(*)
     from ${table} cross join lateral (values ${values.join()}) as d(dimension, value)
     group by 1, 2, 3, 4, 5`,
  );
}

function differences(counted: string, scanned: string): string {
  return `with counted as (${counted}), scanned as (${scanned})
    (select 'counted' as place, * from (table counted except all table scanned) as a)
    union all (select 'in rows', * from (table scanned except all table counted) as b)`;
}

async function ask<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC' });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}
