import type { MigrationInterface, QueryRunner } from 'typeorm';
import { countsOf } from './reader/counts.js';
import { latencyOf } from './reader/latency.js';
import {
  GRANT_READERS,
  DROP_ROW_SECURITY,
  forEachReader,
  PROJECT_READERS,
  PROJECT_VIEWS,
  revokesFrom,
  ROW_SECURITY,
} from './reader/project-readers.js';
import { GRANT_READER } from './reader/role.js';
import { ACCESS, EVENTS, type Source } from './reader/sources.js';
import { uniquesOf } from './reader/uniques.js';
import { VIEWS } from './reader/views.js';

/** Roles that read one project, by the same views and functions as the one that reads all; views with every column. */
export class ProjectReaders1764100000000 implements MigrationInterface {
  name = 'ProjectReaders1764100000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(PROJECT_READERS + ROW_SECURITY + PROJECT_VIEWS);
    const source = { project: 'grafana.project_id($1)' };
    await db.query(functionsOf({ ...EVENTS, ...source }, { ...ACCESS, ...source }));
    await db.query(GRANT_READERS);
  }

  // Roles stay: they are not this database's alone. They keep no right in it, but for the one that reads all.
  async down(db: QueryRunner): Promise<void> {
    await db.query(forEachReader(revokesFrom));
    await db.query(functionsOf(EVENTS, ACCESS) + DROP);
    await db.query(VIEWS);
    await db.query('revoke execute on function grafana.project_id(text) from public');
    await db.query(GRANT_READER);
  }
}

function functionsOf(...sources: Source[]): string {
  return sources.map((source) => countsOf(source) + latencyOf(source) + uniquesOf(source)).join('');
}

const DROP = `
drop view grafana.access_logs, grafana.analytics_logs, grafana.access_totals, grafana.event_totals, grafana.access_entries, grafana.events,
  grafana.projects;
drop function grafana.project_id(text);
${DROP_ROW_SECURITY}
drop function grafana.readable_projects();
drop table project_readers;
`;
