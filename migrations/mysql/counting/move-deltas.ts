import type { QueryRunner } from 'typeorm';

const BLOCK_RECORDS = 5_000;
/** Of JSON: three bytes each at most, of the 16 MB of max_allowed_packet. */
const BLOCK_CHARS = 1_000_000;

interface Delta {
  id: string;
  project_id: number;
  /** Since the epoch. */
  day: number;
  micros: number;
  latency_ms: number | null;
  failed: 0 | 1;
  status: string;
  method: string;
  path: string;
  user_agent: string;
  ip: string | null;
}

const countable = (column: string) =>
  `if(octet_length(${column}) > 2000, '(other)', coalesce(${column}, ''))`;

/** What was not counted yet, in blocks: each takes its deltas away in its own transaction. */
export async function moveDeltas(db: QueryRunner): Promise<void> {
  for (;;) {
    const deltas = (await db.query(`
      select id, project_id, datediff(day, '1970-01-01') + 0e0 as day, latency_ms,
        timestampdiff(microsecond, '1970-01-01', timestamp) + 0e0 as micros, if(status >= 400, 1, 0) + 0e0 as failed,
        coalesce(cast(status as char), '') as status, coalesce(method, '') as method, ${countable('path')} as path,
        ${countable('user_agent')} as user_agent, ip
      from access_deltas order by id limit ${BLOCK_RECORDS}`)) as Delta[];
    if (deltas.length === 0) return;
    await moveBlock(db, deltas);
  }
}

async function moveBlock(db: QueryRunner, deltas: readonly Delta[]): Promise<void> {
  const records: string[] = [];
  for (let chars = 0; records.length < deltas.length && chars < BLOCK_CHARS;) {
    const record = recordOf(deltas[records.length]);
    records.push(record);
    chars += record.length;
  }
  const ids = deltas.slice(0, records.length).map(({ id }) => id);
  await db.query('start transaction');
  await db.query('insert into access_blocks (size, records) values (?, ?)', [
    ids.length,
    `[${records.join()}]`,
  ]);
  await db.query('delete from access_deltas where id in (?)', [ids]);
  await db.query('commit');
}

function recordOf(delta: Delta): string {
  const { project_id, day, micros, failed, latency_ms, status, method, path, user_agent, ip } = delta;
  return JSON.stringify([
    ...[project_id, day, micros, failed, latency_ms],
    ...[status, method, path, user_agent, ip ?? '', ip],
  ]);
}
