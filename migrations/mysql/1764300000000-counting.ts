import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Reader1763900000000, READER_VIEWS } from './1763900000000-reader.js';
import { moveDeltas } from './counting/move-deltas.js';
import { packLatency, packRollups } from './counting/pack-rollups.js';
import { OLD_TABLES, TABLES } from './counting/tables.js';
import { VIEWS } from './counting/views.js';

/**
 * Records are counted by the server: what it has not counted yet is in blocks, a bucket's cells are one row of rollups. As
 * migrations/postgres/1764300000000-counting.ts. MariaDB commits with each change of a table: what was cut off is begun again
 * where it was.
 */
export class Counting1764300000000 implements MigrationInterface {
  name = 'Counting1764300000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(TABLES);
    if (await has(db, 'columns', `table_name = 'access_rollups' and column_name = 'dimension'`)) {
      await db.query('delete from access_packed');
      await packRollups(db);
      await packLatency(db);
      await db.query('rename table access_rollups to access_rollups_before, access_packed to access_rollups');
    }
    if (await has(db, 'tables', `table_name = 'access_deltas'`)) await moveDeltas(db);
    await db.query(VIEWS);
    await db.query(
      'drop table if exists access_packed, access_rollups_before, access_latency, access_deltas',
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop view if exists ${READER_VIEWS.join(', ')}`);
    await db.query(`drop table if exists access_blocks, access_rollups`);
    await db.query(OLD_TABLES);
    await new Reader1763900000000().up(db);
  }
}

async function has(db: QueryRunner, of: 'tables' | 'columns', which: string): Promise<boolean> {
  const found = (await db.query(
    `select 1 from information_schema.${of} where table_schema = database() and ${which}`,
  )) as unknown[];
  return found.length > 0;
}
