/** Its operators are all of one precedence: without parentheses a fifth of the hashes came into registers of others. */
export const REGISTER_OF = `
create or replace function grafana.register_of(hash bytea) returns integer
  language sql immutable parallel safe
  return (get_byte(hash, 0) << 7) | (get_byte(hash, 1) >> 1);
`;

/**
 * Distinct users and sessions of the minutes that are read by the minute from now on (2 h 45 min, and what may come from the
 * future), from the rows of events, as src/core/counting/unique-sketch.ts has them: 10,000 hashes, more as the ranks of 2^15 registers.
 */
export const MINUTE_SKETCHES = `
insert into event_uniques (project_id, kind, tier, bucket, day, sketch)
with seen as (
  select distinct e.project_id, u.kind, date_bin('1 minute', e."timestamp", '1970-01-01Z') as bucket,
         (e.created_at at time zone 'UTC')::date as day, int8send(sightline_hash64(u.value)) as hash
  from events e cross join lateral (values ('user', e.user_id), ('session', e.session_id)) as u(kind, value)
  -- a timestamp is at most 24 h after receipt
  where e."timestamp" >= now() - interval '3 hours' and e.created_at >= now() - interval '27 hours' and u.value is not null
), hashes as (
  select project_id, kind, bucket, day, count(*) as n, array_agg(hash) as hashes from seen group by 1, 2, 3, 4
)
select project_id, kind, 1, bucket, day,
       case when n <= 10000 then convert_to('2H' || lpad(n::text, 14, '0'), 'UTF8') || (select string_agg(hash, '') from unnest(hashes) as u(hash))
       else (
         select convert_to('2R' || lpad(grafana.distinct_of(array['\\x0101'::bytea || string_agg(set_byte('\\x00', 0, rank), '' order by register)], null)::text,
                                        14, '0')
                           || string_agg(chr(ascii('0') + rank), '' order by register), 'UTF8')
         from (
           select register, coalesce(max(grafana.rank_of(hash)) filter (where hash is not null), 0) as rank
           from generate_series(0, 32767) as r(register) left join unnest(hashes) as u(hash) on grafana.register_of(hash) = register
           group by register
         ) as registers
       ) end
from hashes;
`;
