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
`;

const DOWN = `
delete from access_totals where dimension = 'ip';
delete from access_rollups where dimension = 'ip';
alter table access_rollups
  drop column if exists errors, drop column if exists duration_n, drop column if exists duration_sum, drop column if exists duration_max;
`;
