import type { Sessions } from './sql.js';

/** Settings of the server that break the promise of a 2xx: a crash of its machine may lose what was committed. */
export async function undurableSettings(db: Sessions): Promise<string[]> {
  const [found] = await db.rows<{ flush: number; doublewrite: number | string; method: string }>(`
    select @@innodb_flush_log_at_trx_commit as flush, @@innodb_doublewrite as doublewrite, @@innodb_flush_method as method`);
  const unsafe: string[] = [];
  if (found.flush !== 1) unsafe.push(`innodb_flush_log_at_trx_commit=${found.flush}`);
  if (found.doublewrite === 0 || found.doublewrite === 'OFF') unsafe.push('innodb_doublewrite=OFF');
  if (/nosync/i.test(found.method)) unsafe.push(`innodb_flush_method=${found.method}`);
  return unsafe;
}
