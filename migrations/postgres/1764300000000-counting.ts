import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DELTAS_TO_BLOCKS, pack, SET_ASIDE } from './counting/conversion.js';
import { ENTRIES, EVENTS, PENDING } from './counting/sources.js';
import { ACCESS, EVENT, TABLES } from './counting/tables.js';
import { countsOf } from './reader/counts.js';
import { latencyOf } from './reader/latency.js';
import { totalsOf } from './reader/project-readers.js';
import type { Source } from './reader/sources.js';
import { uniquesOf } from './reader/uniques.js';

/** Blocks in the place of deltas, and rollups with a row a bucket in the place of one a value and one a histogram. */
export class Counting1764300000000 implements MigrationInterface {
  name = 'Counting1764300000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(SET_ASIDE + TABLES);
    await db.query(pack(EVENT) + pack(ACCESS) + DELTAS_TO_BLOCKS);
    await db.query(PENDING + totalsOf('pending') + functionsOf(EVENTS, ENTRIES));
    await db.query(DROP_OLD);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

const DROP_OLD = `
drop table event_deltas, event_latency, event_rollups_by_value, access_deltas, access_latency, access_rollups_by_value;
`;

function functionsOf(...sources: Source[]): string {
  return sources.map((source) => countsOf(source) + latencyOf(source) + uniquesOf(source)).join('');
}

const DOWN = `
drop table event_blocks, access_blocks, event_rollups, access_rollups;
`;
