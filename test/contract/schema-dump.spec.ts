import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectForMigration, migrateUp } from '../../src/storage/postgres/migrate.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;

beforeAll(async () => {
  const server = process.env.TEST_POSTGRES15_URL;
  if (!server) throw new Error('TEST_POSTGRES15_URL is not set: npm test starts the servers');
  database = await createDatabase(server);
  const source = await connectForMigration(database.url);
  await migrateUp(source);
  await source.destroy();
});

afterAll(() => database.drop());

it('migrations/postgres/schema.sql is what the migrations make; npm run schema:dump writes it', () => {
  const env = { ...process.env, DATABASE_URL: database.url };
  const dump = execFileSync(process.execPath, ['scripts/schema-dump.mjs'], { env, encoding: 'utf8' });
  expect(dump).toBe(readFileSync('migrations/postgres/schema.sql', 'utf8'));
});
