import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Addresses of access entries and providers of events are counted by time from now on. What was counted before is '(other)' in
 * these dimensions, as what is past ROLLUP_MAX_NAMES: sums are whole, though nothing of them is told apart.
 */
export class ValuesByTime1763750000000 implements MigrationInterface {
  name = 'ValuesByTime1763750000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(UP);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

const MEASURES = 'n, errors, duration_n, duration_sum, duration_max';

const UP = `
insert into access_rollups (project_id, dimension, tier, bucket, value, day, ${MEASURES})
select project_id, 'ip', tier, bucket, '(other)', day, ${MEASURES}
from access_rollups where dimension = 'all' and tier in (60, 1440);

insert into access_totals (project_id, dimension, value, day, n)
select project_id, 'ip', '(other)', day, n from access_totals where dimension = 'all';

insert into event_rollups (project_id, dimension, tier, bucket, value, day, ${MEASURES})
select project_id, 'provider_name', tier, bucket, '(other)', day, ${MEASURES}
from event_rollups where dimension = 'all';
`;

const DOWN = `
delete from access_rollups where dimension = 'ip';
delete from access_totals where dimension = 'ip';
delete from event_rollups where dimension = 'provider_name';
`;
