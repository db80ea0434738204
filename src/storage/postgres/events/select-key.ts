import { rows, type Queryable } from '../sql.js';

/** Where the event of a key lies. */
export interface EventPlace {
  id: number;
  created_at: string;
}

export async function selectKey(db: Queryable, key: Buffer): Promise<EventPlace | null> {
  const text = `select id, created_at from event_keys where key = $1::uuid`;
  const [place] = await rows<EventPlace>(db, { name: 'select-key', text, values: [key.toString('hex')] });
  return place ?? null;
}
