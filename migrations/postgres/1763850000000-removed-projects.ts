import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sample projects, and the removal of a project with all that is stored for it. */
export class RemovedProjects1763850000000 implements MigrationInterface {
  name = 'RemovedProjects1763850000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(UP);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

const UP = `
-- Made for sample data: only such a project may be removed over HTTP.
alter table projects add column sample boolean not null default false;

-- Projects that are gone from \`projects\`. Their data is removed, and looked for again for a while: another process may have had
-- an append on its way.
create table removed_projects (
  id integer primary key,
  removed_at timestamptz not null default now()
);
`;

const DOWN = `
drop table removed_projects;
alter table projects drop column sample;
`;
