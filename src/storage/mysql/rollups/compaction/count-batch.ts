import type { Session } from '../../sql.js';
import { CAPPED, UNCAPPED } from '../dimensions.js';

const COLUMNS = `n bigint not null, errors bigint not null, duration_n bigint not null, duration_sum double not null,
      duration_max double`;
const HOUR = 'minute - interval minute(minute) minute';

/**
 * Counts a batch into a temporary table of this session, access_counted: by minute, and what is counted by hours only by hour.
 * Ten thousand deltas of one minute are one row before they are four buckets.
 */
export async function countBatch(db: Session): Promise<void> {
  const parts = [
    counted('all', `cast('' as binary)`, 'minute'),
    ...UNCAPPED.map(({ name }) => counted(name, name, 'minute')),
    ...CAPPED.map(({ name }) => counted(name, name, HOUR)),
  ];
  await db.run(`
    create or replace temporary table access_counted (
      project_id integer not null, dimension varchar(10) character set ascii collate ascii_nopad_bin not null,
      value varbinary(2000) not null, day date not null, minute datetime not null, ${COLUMNS},
      primary key (project_id, dimension, value, day, minute)
    ) engine = InnoDB
    ${parts.join(' union all ')}`);
}

function counted(dimension: string, value: string, time: string): string {
  return `select project_id, '${dimension}' as dimension, ${value} as value, day, ${time} as minute, 
      count(*) as n, sum(failed) as errors, count(latency_ms) as duration_n, coalesce(sum(latency_ms), 0) as duration_sum,
      max(latency_ms) as duration_max
    from access_batch group by 1, 3, 4, 5`;
}
