import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Room for the methods of WebDAV and Subversion: UPDATEREDIRECTREF has 17 characters. PostgreSQL's column is a text. */
export class LongerMethods1764100000000 implements MigrationInterface {
  name = 'LongerMethods1764100000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(methodsOf(20));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      `update access_logs set method = null where char_length(method) > 10;
       update access_deltas set method = null where char_length(method) > 10;${methodsOf(10)}`,
    );
  }
}

const methodsOf = (length: number) => `
  alter table access_logs modify column method varchar(${length}) character set ascii collate ascii_nopad_bin;
  alter table access_deltas modify column method varchar(${length}) character set ascii collate ascii_nopad_bin;`;
