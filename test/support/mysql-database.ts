import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import { vi } from 'vitest';
import { Sessions } from '../../src/storage/mysql/sql.js';
import type { TestDatabase } from './database.js';

/** The database of TEST_MYSQL_URL that belongs to one of PostgreSQL: it has the same name. */
export function mysqlUrlBeside(postgresUrl: string): string {
  const url = new URL(process.env.TEST_MYSQL_URL!);
  url.pathname = new URL(postgresUrl).pathname;
  return url.href;
}

/** An empty database on the MariaDB of TEST_MYSQL_URL, or on another; new unless there is one of this name. */
export async function createMysqlDatabase(
  name = `test_${randomBytes(6).toString('hex')}`,
  server = process.env.TEST_MYSQL_URL,
): Promise<TestDatabase> {
  if (!server) throw new Error('no MariaDB: suites on servers are run by npm test');
  await onServer(server, `create database if not exists ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(server, `drop database if exists ${name}`) };
}

async function onServer(server: string, sql: string): Promise<void> {
  const connection = await mysql.createConnection(server);
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

/** The statements that are sent to MariaDB, on connections of pools, for what is asked. */
export async function statementsOf(ask: () => Promise<unknown>): Promise<string[]> {
  const asked = vi.spyOn(Sessions.prototype, 'rows');
  try {
    await ask();
    return asked.mock.calls.map(([text]) => text);
  } finally {
    asked.mockRestore();
  }
}
