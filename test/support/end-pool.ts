import type pg from 'pg';

/**
 * Ends a pool, and waits until its connections are closed. `pool.end()` alone is done as soon as it has told them to: who then
 * drops the database cuts them off, which is an error of the pool that fails whatever test the runner thinks of.
 */
export async function endPool(pool: pg.Pool): Promise<void> {
  let open = pool.totalCount;
  const closed = new Promise<void>((resolve) => {
    if (open === 0) resolve();
    pool.on('remove', () => --open === 0 && resolve());
  });
  await pool.end();
  await closed;
}
