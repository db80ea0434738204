import type { StoredAccessEntry } from '../../../../core/access-entry.js';
import { number, rfc3339 } from '../../literals.js';
import type { Sessions } from '../../sql.js';

/** The columns of `StoredAccessEntry`, in its order. */
const COLUMNS = `id, timestamp as Timestamp, ip as IP, method as Method, path as Path, status as Status,
  latency_ms as LatencyMs, user_agent as UserAgent`;

export type Order = 'newest first' | 'oldest first';

const ORDER: Record<Order, string> = {
  'newest first': 'order by timestamp desc, id desc',
  'oldest first': 'order by timestamp, id',
};

/** Entries by an index that has them in this order. */
export async function selectEntries(
  db: Sessions,
  conditions: readonly string[],
  order: Order,
  offset: number,
  limit: number,
): Promise<StoredAccessEntry[]> {
  const entries = await db.rows<StoredAccessEntry>(`
    select ${COLUMNS} from access_logs where ${conditions.join(' and ')}
    ${ORDER[order]} limit ${number(limit)} offset ${number(offset)}`);
  for (const entry of entries) entry.Timestamp = rfc3339(entry.Timestamp);
  return entries;
}
