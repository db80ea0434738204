import type pg from 'pg';

type Asked = Pick<pg.ClientBase, 'query'>;

/** The plans of what is asked of a store, with these settings of the planner; nothing is read: each answer is that of a count of none. */
export async function plansOf(
  pool: pg.Pool,
  settings: string,
  ask: (db: Asked) => Promise<unknown>,
): Promise<string> {
  const client = await pool.connect();
  const plans: string[] = [];
  const query = async ({ text, values }: pg.QueryConfig) => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
    plans.push(...rows.map((row) => row['QUERY PLAN']));
    return { rows: [{ n: 0 }] } as unknown as pg.QueryResult;
  };
  try {
    await client.query(settings);
    await ask({ query } as unknown as Asked);
  } finally {
    client.release(true);
  }
  return plans.join('\n');
}
