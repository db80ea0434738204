import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DELTAS_TO_BLOCKS, pack, SET_ASIDE } from './counting/conversion.js';
import { ACCESS, EVENT, TABLES } from './counting/tables.js';

/** Blocks in the place of deltas, and rollups with a row a bucket in the place of one a value and one a histogram. */
export class Counting1764300000000 implements MigrationInterface {
  name = 'Counting1764300000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(SET_ASIDE + TABLES);
    await db.query(pack(EVENT) + pack(ACCESS) + DELTAS_TO_BLOCKS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

const DOWN = `
drop table event_blocks, access_blocks, event_rollups, access_rollups;
`;
