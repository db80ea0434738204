import type { MigrationInterface, QueryRunner } from 'typeorm';

/** As migrations/postgres/1764420000000-sketch-parts.ts. */
export class SketchParts1764420000000 implements MigrationInterface {
  name = 'SketchParts1764420000000';

  readonly moved = ['access_uniques.part'];

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table access_uniques add column if not exists part integer not null default 0,
        drop primary key, add primary key (project_id, tier, bucket, day, part)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      delete from access_uniques where part > 0;
      alter table access_uniques drop primary key, add primary key (project_id, tier, bucket, day);
      alter table access_uniques drop column if exists part`);
  }
}
