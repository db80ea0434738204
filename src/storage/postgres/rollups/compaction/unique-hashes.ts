import { rows, type Queryable } from '../../sql.js';
import { IN_BATCH, type Batch } from './batch.js';

/** Who was seen in one quarter of an hour. */
export interface UniqueHashes {
  project_id: number;
  kind: 'user' | 'session';
  /** RFC 3339. */
  quarter: string;
  day: string;
  /** 8 bytes each. */
  hashes: Buffer;
}

/** The distinct users and sessions of a batch. */
export async function uniqueHashes(db: Queryable, batch: Batch): Promise<UniqueHashes[]> {
  return rows(db, { name: 'rollups.unique-hashes', text: UNIQUE_HASHES, values: [batch.from, batch.to] });
}

const UNIQUE_HASHES = `
select project_id, kind, quarter, day, string_agg(int8send(sightline_hash64(id)), '') as hashes
from (
  select project_id, day, date_bin('15 minutes', "timestamp", '1970-01-01Z') as quarter,
         case when grouping(user_id) = 0 then 'user' else 'session' end as kind,
         case when grouping(user_id) = 0 then user_id else session_id end as id
  from event_deltas d
  where ${IN_BATCH}
  group by project_id, day, quarter, grouping sets ((user_id), (session_id))
) as seen
where id is not null
group by project_id, kind, quarter, day
`;
