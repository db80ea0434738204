import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Errors and durations of each value, and addresses as values: as migrations/postgres/1763750000000-values-by-time.ts. */
export class MeasuredValues1763750000000 implements MigrationInterface {
  name = 'MeasuredValues1763750000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(UP);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

const UP = `
alter table access_rollups
  add column if not exists errors bigint not null default 0,
  add column if not exists duration_n bigint not null default 0,
  add column if not exists duration_sum double not null default 0,
  add column if not exists duration_max double;

-- What was counted before: errors by status, durations of all together; begun again where it was cut off in the middle.
update access_rollups set errors = n where dimension = 'status' and value >= '400';
update access_rollups r
join (
  select project_id, tier, bucket, day, sum(errors) as errors from access_rollups
  where dimension = 'status' group by project_id, tier, bucket, day
) as s using (project_id, tier, bucket, day)
left join access_latency l using (project_id, tier, bucket, day)
set r.errors = s.errors, r.duration_n = coalesce(l.n, 0), r.duration_sum = coalesce(l.sum_ms, 0), r.duration_max = l.max_ms
where r.dimension = 'all';

delete from access_rollups where dimension = 'ip';
insert into access_rollups
  (project_id, dimension, tier, bucket, value, day, n, errors, duration_n, duration_sum, duration_max)
select project_id, 'ip', tier, bucket, '(other)', day, n, errors, duration_n, duration_sum, duration_max
from access_rollups where dimension = 'all' and tier in (60, 1440);

delete from access_totals where dimension = 'ip';
insert into access_totals (project_id, dimension, value, day, n)
select project_id, 'ip', '(other)', day, n from access_totals where dimension = 'all';
`;

const DOWN = `
delete from access_totals where dimension = 'ip';
delete from access_rollups where dimension = 'ip';
alter table access_rollups
  drop column if exists errors, drop column if exists duration_n, drop column if exists duration_sum, drop column if exists duration_max;
`;
