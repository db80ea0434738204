/** The role that Grafana reads as. */
export const READER = 'sightline_reader';

/**
 * Makes the role, and lets it read schema grafana and nothing else. A role belongs to the whole cluster: another database may have
 * made it, or be making it at this moment. Without the right to make one it is left to others.
 */
export const GRANT_READER = `
do $$ begin
  if not exists (select from pg_roles where rolname = '${READER}') then
    begin
      create role ${READER} nologin;
      alter role ${READER} set default_transaction_read_only = on;
      alter role ${READER} set statement_timeout = '30s';
    exception
      when duplicate_object or unique_violation then
        null;
      when insufficient_privilege then
        raise notice 'no role ${READER}: the user of the database may not create roles (docs/grafana.md)';
    end;
  end if;
  if exists (select from pg_roles where rolname = '${READER}') then
    grant usage on schema grafana to ${READER};
    grant select on all tables in schema grafana to ${READER};
    grant execute on all functions in schema grafana to ${READER};
  end if;
end $$;
`;
