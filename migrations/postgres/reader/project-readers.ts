/**
 * Who reads which project. A role is in the table by its name: it belongs to the whole cluster, and a dump that goes to another
 * has no roles in it.
 */
export const PROJECT_READERS = `
create table project_readers (
  role text not null,
  project_id integer not null references projects (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (role, project_id)
);

-- The projects that who logged in may read: all of them for the members of sightline_reader, for the owner of the tables, and for whom
-- he gave a whole one of them; else those of the readers that he is, or is a member of. session_user, for no reader changes that.
create function grafana.readable_projects() returns integer[]
  language sql stable security definer
begin atomic
  select case when pg_has_role(session_user, (select relowner from pg_class where oid = 'events'::regclass), 'usage')
           or has_table_privilege(session_user, 'events'::regclass, 'select')
           or exists (select from pg_roles where rolname = 'sightline_reader' and pg_has_role(session_user, oid, 'member'))
    then array(select id from projects)
    else array(select r.project_id from project_readers r join pg_roles on rolname = r.role
               where pg_has_role(session_user, pg_roles.oid, 'member')) end;
end;

create or replace function grafana.project_id(project text) returns integer
  language sql stable security definer
begin atomic
  select p.id from projects p where p.name = $1 and p.id = any (grafana.readable_projects());
end;
`;

// Once a statement, not once a row.
const READABLE = '((select grafana.readable_projects())::integer[])';

/**
 * Rows are held back where they lie, so that a view of them is as fast as a table: its conditions are pushed down, and no error of one
 * tells of a row that is not to be seen. The owner, and so the server, is not subject to this.
 */
export const ROW_SECURITY = ['events', 'access_logs']
  .map(
    (table) => `
alter table ${table} enable row level security;
create policy readable_projects on ${table} for select using (project_id = any ${READABLE});
`,
  )
  .join('');

export const DROP_ROW_SECURITY = ['events', 'access_logs']
  .map(
    (table) => `drop policy readable_projects on ${table}; alter table ${table} disable row level security;`,
  )
  .join('\n');

/** Columns of a record that views show: all but the key that an event is known by inside. */
const COLUMNS = {
  events: `id, project_id, event_id, event_type, event_name, "timestamp", reported_timestamp, created_at, processed_at, user_id,
    session_id, app_version, sequence_number, priority, duration_ms, provider_name, properties, device_info`,
  access_logs: `id, project_id, "timestamp", reported_timestamp, created_at, latency_ms, status, ip, method, path, user_agent`,
};

// Of what is not the reader's: a condition that fails must not tell of it.
const BARRIER = 'with (security_barrier)';
const AS_WHO_ASKS = 'with (security_invoker)';
const PROJECT = '(select p.name from grafana.projects p where p.id = r.project_id) as project';

/** As reader/views.ts has them, with every column, and of the projects that may be read; and the same rows by their usual names. */
export const PROJECT_VIEWS = `
create or replace view grafana.projects ${BARRIER} as
  select id, name, created_at from projects where id = any ${READABLE};

create or replace view grafana.events ${AS_WHO_ASKS} as
  select project_id, id, "timestamp" as "time", created_at as received_at, event_id, event_type, event_name, user_id, session_id,
         app_version, priority, provider_name, duration_ms, properties, device_info, reported_timestamp, sequence_number, processed_at
  from events;

create or replace view grafana.access_entries ${AS_WHO_ASKS} as
  select project_id, id, "timestamp" as "time", created_at as received_at, ip, method, path, status, latency_ms, user_agent,
         reported_timestamp
  from access_logs;

-- Columns are called as the API calls them.
create view grafana.analytics_logs ${AS_WHO_ASKS} as
  select id, event_id, event_type, event_name, "timestamp", properties, user_id, session_id, app_version, device_info,
         sequence_number, priority, created_at, processed_at, reported_timestamp, provider_name, duration_ms, project_id, ${PROJECT}
  from events r;

create view grafana.access_logs ${AS_WHO_ASKS} as
  select id, "timestamp", ip, method, path, status, latency_ms, user_agent, created_at, reported_timestamp, project_id, ${PROJECT}
  from access_logs r;

${totalsOf('deltas')}
`;

/** Views of what is counted over all time; `uncounted` is where the records are that are not in the totals yet: event_… and access_…. */
export function totalsOf(uncounted: 'deltas' | 'pending'): string {
  return `
create or replace view grafana.event_totals ${BARRIER} as
  select project_id, dimension, value, sum(n)::bigint as n
  from (
    select project_id, dimension, value, n from event_totals
    union all
    select d.project_id, v.dimension, v.value, 1
    from event_${uncounted} d cross join lateral (values ('all', ''), ('event_type', d.event_type), ('event_name', d.event_name),
      ('priority', d.priority), ('app_version', coalesce(d.app_version, '')), ('provider_name', coalesce(d.provider_name, ''))
    ) as v(dimension, value)
  ) as parts
  where project_id = any ${READABLE}
  group by project_id, dimension, value;

create or replace view grafana.access_totals ${BARRIER} as
  select project_id, sum(n)::bigint as n
  from (
    select project_id, n from access_totals where dimension = 'all'
    union all
    select project_id, 1 from access_${uncounted}
  ) as parts
  where project_id = any ${READABLE}
  group by project_id;
`;
}

/** For what a role needs to read through schema grafana; `role` is quoted. */
export const grantsTo = (role: string) => `
grant usage on schema grafana to ${role};
grant select on all tables in schema grafana to ${role};
grant execute on all functions in schema grafana to ${role};
${Object.entries(COLUMNS)
  .map(([table, columns]) => `grant select (${columns}) on ${table} to ${role};`)
  .join('\n')}
`;

export const revokesFrom = (role: string) => `
revoke all on all tables in schema grafana from ${role};
revoke all on all functions in schema grafana from ${role};
revoke all on schema grafana from ${role};
${Object.entries(COLUMNS)
  .map(([table, columns]) => `revoke select (${columns}) on ${table} from ${role};`)
  .join('\n')}
`;

/** Runs statements for every role that reads, or did; they are given its name, quoted. */
export const forEachReader = (statements: (role: string) => string) => `
do $$
declare reader text;
begin
  for reader in select quote_ident(rolname) from pg_roles
    where rolname = 'sightline_reader' or rolname in (select role from project_readers)
  loop
    execute replace($statements$${statements('%reader%')}$statements$, '%reader%', reader);
  end loop;
end $$;
`;

/** Every role that reads has these: a later migration that adds a view runs it once more. */
export const GRANT_READERS = forEachReader(grantsTo);
