import pg from 'pg';
import { ensurePartitions } from '../../src/storage/postgres/partitions.js';
import { endPool } from './end-pool.js';

/** Stores so many events of about so many bytes within the last hour, past the server, with the name `bulk`. */
export async function storeMany(databaseUrl: string, count: number, bytes: number): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  try {
    const days = [Date.now() - 3_600_000, Date.now()].map((ms) => new Date(ms).toISOString().slice(0, 10));
    await ensurePartitions(pool, 'events', days);
    // As an append has it: whoever takes ids holds this lock before, and tails wait for it.
    await pool.query('begin; lock table event_keys in row exclusive mode');
    await pool.query(
      `insert into events (id, key, project_id, event_id, event_type, event_name, "timestamp", created_at, priority,
         properties, device_info)
       select nextval('event_ids'), md5('bulk' || n)::uuid, 1, 'bulk-' || n, 'telemetry', 'bulk', at, at, 'normal',
         jsonb_build_object('n', n, 'text', repeat(md5(n::text), $2 / 32)), '{}'
       from generate_series(1, $1) as n, lateral (select now() - n * interval '10 milliseconds' as at) as times`,
      [count, bytes],
    );
    await pool.query('commit');
  } finally {
    await endPool(pool);
  }
}
