import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sketches in parts, as the rows of rollups: what is added to one is not written into all that it has. */
export class SketchParts1764420000000 implements MigrationInterface {
  name = 'SketchParts1764420000000';

  /** Which part it is means nothing once each sketch has one. Those that are not merged yet are a loss: a minute's. */
  readonly moved = ['event_uniques.part', 'access_uniques.part'];

  async up(db: QueryRunner): Promise<void> {
    for (const table of TABLES)
      await db.query(`
        alter table ${table} add column part integer not null default 0,
          drop constraint ${table}_pkey, add primary key (project_id, kind, tier, bucket, day, part);`);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of TABLES)
      await db.query(`
        delete from ${table} where part > 0;
        alter table ${table} drop constraint ${table}_pkey, add primary key (project_id, kind, tier, bucket, day);
        alter table ${table} drop column part;`);
  }
}

const TABLES = ['event_uniques', 'access_uniques'];
