import { IN_BATCH } from './batch.js';

/**
 * A batch's deltas by project, day, minute and, one at a time, each dimension of the rollups, `measures` aggregated
 * (and by `key`, where there is one); a value that event_totals has no room for is '(other)'.
 * First by minute, then to the tiers: ten thousand deltas of one minute are one row before they are four.
 */
export function countedByMinute(measures: string, where = 'true', key = ''): string {
  const by = key && `, ${key}`;
  return `
  select project_id, day, minute, dimension, ${key && `${key},`}
         case when dimension in ('event_name', 'app_version') and m.value <> '' and not exists (
                select from event_totals t
                where t.project_id = m.project_id and t.dimension = m.dimension and t.value = m.value and t.day = m.day)
              then '(other)' else m.value end as value, ${names(measures)}
  from (
    select project_id, day, minute${by},
           case when grouping(event_type) = 0 then 'event_type' when grouping(event_name) = 0 then 'event_name'
                when grouping(priority) = 0 then 'priority' when grouping(app_version) = 0 then 'app_version'
                else 'all' end as dimension,
           case when grouping(event_type) = 0 then event_type when grouping(event_name) = 0 then event_name
                when grouping(priority) = 0 then priority when grouping(app_version) = 0 then app_version
                else '' end as value,
           ${measures}
    from (
      select project_id, day, date_bin('1 minute', "timestamp", '1970-01-01Z') as minute, event_type, event_name, priority,
             coalesce(app_version, '') as app_version, duration_ms${key && `, sightline_latency_bin(duration_ms) as ${key}`}
      from event_deltas d
      where ${IN_BATCH} and ${where}
    ) as deltas
    group by project_id, day, minute${by},
             grouping sets ((), (event_type), (event_name), (priority), (app_version))
  ) as m`;
}

function names(measures: string): string {
  return [...measures.matchAll(/ as (\w+)/g)].map((match) => match[1]).join(', ');
}
