import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import { connectForMigration, migrateUp } from '../../src/storage/mysql/migrate.js';
import type { TestDatabase } from './database.js';

/** A new, empty database on a MariaDB; TEST_MYSQL_URL names the one that suites run on. */
export async function createMysqlDatabase(server = process.env.TEST_MYSQL_URL): Promise<TestDatabase> {
  if (!server) throw new Error('no MariaDB: suites on servers are run by npm test');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(server, `drop database if exists ${name}`) };
}

/** A new database with every migration applied. */
export async function migratedMysqlDatabase(server?: string): Promise<TestDatabase> {
  const database = await createMysqlDatabase(server);
  const source = await connectForMigration(database.url);
  await migrateUp(source).finally(() => source.destroy());
  return database;
}

async function onServer(server: string, sql: string): Promise<void> {
  const connection = await mysql.createConnection(server);
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}
