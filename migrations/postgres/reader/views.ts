/** What one looks into, and what is counted over all time. */
export const VIEWS = `
create view grafana.projects as select id, name, created_at from projects;

create function grafana.project_id(project text) returns integer
  language sql stable security definer
begin atomic
  select p.id from projects p where p.name = $1;
end;

create view grafana.events as
  select project_id, id, "timestamp" as "time", created_at as received_at, event_id, event_type, event_name, user_id, session_id,
         app_version, priority, provider_name, duration_ms, properties, device_info
  from events;

create view grafana.access_entries as
  select project_id, id, "timestamp" as "time", created_at as received_at, ip, method, path, status, latency_ms, user_agent
  from access_logs;

-- All records by one dimension at a time, whatever their timestamp; dimension all has them together.
create view grafana.event_totals as
  select project_id, dimension, value, sum(n)::bigint as n
  from (
    select project_id, dimension, value, n from event_totals
    union all
    select d.project_id, v.dimension, v.value, 1
    from event_deltas d cross join lateral (values ('all', ''), ('event_type', d.event_type), ('event_name', d.event_name),
      ('priority', d.priority), ('app_version', coalesce(d.app_version, '')), ('provider_name', coalesce(d.provider_name, ''))
    ) as v(dimension, value)
  ) as parts
  group by project_id, dimension, value;

create view grafana.access_totals as
  select project_id, sum(n)::bigint as n
  from (
    select project_id, n from access_totals where dimension = 'all'
    union all
    select project_id, 1 from access_deltas
  ) as parts
  group by project_id;
`;
