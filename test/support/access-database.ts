import mysql from 'mysql2/promise';
import pg from 'pg';
import { mysqlUrlBeside } from './mysql-database.js';
import type { TestServer } from './server.js';

export interface AccessDatabase {
  /** `?` in the statement stands for the value. */
  rows(sql: string, value: unknown): Promise<Record<string, unknown>[]>;
  /** A change of the tables. */
  run(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** Where a server of this run keeps access entries. */
export async function accessDatabaseOf({ databaseUrl }: TestServer): Promise<AccessDatabase> {
  if (process.env.TEST_ACCESS_STORE === 'mysql') {
    const connection = await mysql.createConnection({ uri: mysqlUrlBeside(databaseUrl), timezone: 'Z' });
    return {
      rows: async (sql, value) => (await connection.query<mysql.RowDataPacket[]>(sql, [value]))[0],
      run: async (sql) => void (await connection.query(sql)),
      close: () => connection.end(),
    };
  }
  const client = new pg.Client(databaseUrl);
  await client.connect();
  return {
    rows: async (sql, value) =>
      (await client.query<Record<string, unknown>>(sql.replace('?', '$1'), [value])).rows,
    run: async (sql) => void (await client.query(sql)),
    close: () => client.end(),
  };
}
