import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { connectForMigration, migrateUp } from '../../dist/src/storage/postgres/migrate.js';

const PREFIX = 'sightline_template_';

/** Makes the migrated database that `cloneDatabase` copies, once for each server and set of migrations. */
export default async function setUp() {
  const server = process.env.TEST_POSTGRES_URL;
  if (!server) throw new Error('suites on servers are run by: npm test -- PATH');
  const name = PREFIX + hashOf(globSync('dist/migrations/postgres/*.js').sort());
  process.env.TEST_TEMPLATE_DATABASE = name;
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
  const source = await connectForMigration(url.href);
  await migrateUp(source);
  await source.destroy();
  // Only a template that is complete gets the name.
  await admin.query(`alter database ${name}_new rename to ${name}`);
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
