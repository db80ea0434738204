import type { MigrationInterface, QueryRunner } from 'typeorm';
import { countsOf } from './reader/counts.js';
import { BIN_MS, latencyOf } from './reader/latency.js';
import { GRANT_READER } from './reader/role.js';
import { ACCESS, EVENTS, PARAMETER_TYPES } from './reader/sources.js';
import { DISTINCT_OF, uniquesOf } from './reader/uniques.js';
import { VIEWS } from './reader/views.js';
import { DROP_WINDOWS, WINDOWS } from './reader/windows.js';

/**
 * Schema grafana: what a reader from outside may see, and the role for it. Its functions answer for a window from rollups and
 * deltas, as the server itself does; docs/grafana.md tells of each.
 */
export class Reader1763900000000 implements MigrationInterface {
  name = 'Reader1763900000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query('create schema grafana');
    await db.query(WINDOWS + VIEWS + BIN_MS + DISTINCT_OF);
    for (const source of [EVENTS, ACCESS]) {
      await db.query(countsOf(source) + latencyOf(source) + uniquesOf(source));
    }
    await db.query('revoke execute on all functions in schema grafana from public');
    await db.query(GRANT_READER);
  }

  // The role stays: it is not this database's alone.
  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

const WINDOW_FUNCTIONS = [EVENTS, ACCESS].flatMap(({ name }) =>
  ['latency', 'counts', 'uniques'].map((what) => `grafana.${name}_${what}(${PARAMETER_TYPES})`),
);

const DOWN = `
drop function ${WINDOW_FUNCTIONS.join(', ')}, grafana.distinct_of(bytea[], bytea[]), grafana.sigma(double precision),
  grafana.rank_of(bytea), grafana.register_of(bytea), grafana.bin_ms(smallint), grafana.project_id(text);
drop view grafana.access_totals, grafana.event_totals, grafana.access_entries, grafana.events, grafana.projects;
${DROP_WINDOWS}
drop schema grafana;
`;
