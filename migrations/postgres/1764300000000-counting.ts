import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MINUTE_SKETCHES, REGISTER_OF } from './counting/minute-sketches.js';
import { DELTAS_TO_BLOCKS, pack, SET_ASIDE } from './counting/pack.js';
import { ENTRIES, EVENTS, PENDING, project } from './counting/sources.js';
import { ACCESS, EVENT, TABLES } from './counting/tables.js';
import { OLD_TABLES, UNPACKED } from './counting/unpack.js';
import { countsOf } from './reader/counts.js';
import { latencyOf } from './reader/latency.js';
import { totalsOf } from './reader/project-readers.js';
import * as reader from './reader/sources.js';
import { uniquesOf } from './reader/uniques.js';

/**
 * Blocks in the place of deltas, and rollups with a row a bucket in the place of one a value and one a histogram. What is counted is
 * taken along both ways.
 */
export class Counting1764300000000 implements MigrationInterface {
  name = 'Counting1764300000000';

  /** Tables that lose nothing by `down`: what it takes from them is elsewhere, in the rows of events for the last two. */
  readonly moved = [
    'event_blocks',
    'access_blocks',
    'event_rollups_packed',
    'access_rollups_packed',
    'event_uniques',
    'event_seen',
  ];

  async up(db: QueryRunner): Promise<void> {
    await db.query(SET_ASIDE + TABLES);
    await db.query(pack(EVENT) + pack(ACCESS) + DELTAS_TO_BLOCKS + REGISTER_OF + MINUTE_SKETCHES);
    await db.query(PENDING + totalsOf('pending') + functionsOf(EVENTS, ENTRIES));
    await db.query(DROP_OLD);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(OLD_TABLES);
    await db.query(UNPACKED);
    await db.query(
      totalsOf('deltas') + functionsOf({ ...reader.EVENTS, project }, { ...reader.ACCESS, project }),
    );
    await db.query(DROP_NEW);
  }
}

function functionsOf(...sources: reader.Source[]): string {
  return sources.map((source) => countsOf(source) + latencyOf(source) + uniquesOf(source)).join('');
}

const DROP_OLD = `
drop table event_deltas, event_latency, event_rollups_by_value, access_deltas, access_latency, access_rollups_by_value;
analyze event_rollups, access_rollups;
`;

// Sketches of minutes would not be kept up meanwhile.
const DROP_NEW = `
drop view event_pending, access_pending;
drop table event_seen, event_blocks, access_blocks, event_rollups_packed, access_rollups_packed;
delete from event_uniques where tier = 1;
`;
