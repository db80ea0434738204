import type pg from 'pg';

/** The plans of what is asked of a store, with these settings of the planner. */
export async function plansOf(
  pool: pg.Pool,
  settings: string,
  ask: (pool: pg.Pool) => Promise<unknown>,
): Promise<string> {
  const client = await pool.connect();
  const plans: string[] = [];
  const query = async (asked: string | pg.QueryConfig) => {
    const { text, values } = typeof asked === 'string' ? { text: asked } : asked;
    if (/^\s*(select|declare)\s/.test(text)) {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
      plans.push(...rows.map((row) => row['QUERY PLAN']));
    }
    return client.query(asked as pg.QueryConfig);
  };
  const recorded = { query, release: () => undefined };
  try {
    await client.query(settings);
    await ask({ ...recorded, connect: () => Promise.resolve(recorded) } as unknown as pg.Pool);
  } finally {
    client.release(true);
  }
  return plans.join('\n');
}

/** Has the planner take the rows of a table, which was not analyzed and will not be, for some millions, of which it knows nothing else. */
export async function standForMany(pool: pg.Pool, table: string): Promise<void> {
  await pool.query(`alter table ${table} set (autovacuum_enabled = off)`);
  await pool.query('update pg_class set relpages = 100, reltuples = 2000000 where oid = $1::regclass', [
    table,
  ]);
}
