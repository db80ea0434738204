import type { KeyUse } from '../../../core/key-store.js';
import { rows, type Queryable } from '../sql.js';
import { toTime } from './key-row.js';

export async function addKeyUse(db: Queryable, uses: readonly KeyUse[]): Promise<void> {
  await rows(db, {
    name: 'add_key_use',
    // locked in one order, since several processes do this at once
    text: `with use as (
        select * from unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) as u (id, n, last_used_at)
      ), locked as (
        select id from api_keys where id = any ($1) order by id for update
      )
      update api_keys k
      set usage_count = k.usage_count + use.n, last_used_at = greatest(k.last_used_at, use.last_used_at)
      from use join locked using (id) where k.id = use.id`,
    values: [
      uses.map((use) => use.id),
      uses.map((use) => use.count),
      uses.map((use) => toTime(use.lastUsedAt)),
    ],
  });
}
