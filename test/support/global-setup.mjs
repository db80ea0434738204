import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';

/** The build whose migrations are applied: another directory where several are at work in one checkout. */
const DIST = process.env.SIGHTLINE_DIST ?? 'dist';
const PREFIX = 'sightline_template_';

/** Makes the migrated database that `cloneDatabase` copies, once for each server and set of migrations. */
export default async function setUp() {
  const servers = [process.env.TEST_POSTGRES_URL, process.env.TEST_POSTGRES15_URL].filter(Boolean);
  if (servers.length === 0) throw new Error('suites on servers are run by: npm test -- PATH');
  const name = PREFIX + hashOf(globSync(`${DIST}/migrations/postgres/*.js`).sort());
  process.env.TEST_TEMPLATE_DATABASE = name;
  for (const server of servers) await ensureOn(server, name);
}

async function ensureOn(server, name) {
  const admin = new pg.Client(server);
  await admin.connect();
  try {
    await ensure(admin, server, name);
  } finally {
    await admin.end();
  }
}

async function ensure(admin, server, name) {
  const { rows } = await admin.query('select datname from pg_database where starts_with(datname, $1)', [
    PREFIX,
  ]);
  if (rows.some(({ datname }) => datname === name)) return;
  for (const { datname } of rows) await admin.query(`drop database if exists ${datname} with (force)`);
  await admin.query(`create database ${name}_new`);
  const url = new URL(server);
  url.pathname = `/${name}_new`;
  const migrations = await import(pathToFileURL(resolve(DIST, 'src/storage/postgres/migrate.js')).href);
  const source = await migrations.connectForMigration(url.href);
  await migrations.migrateUp(source);
  await source.destroy();
  // Only a template that is complete gets the name.
  await admin.query(`alter database ${name}_new rename to ${name}`);
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
