// Prints the schema of the database at DATABASE_URL, as PostgreSQL 15's pg_dump writes it, without what
// differs between installations. `npm run schema:dump` writes it to migrations/postgres/schema.sql.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const DEBIAN_PG_DUMP = '/usr/lib/postgresql/15/bin/pg_dump';
const binary = process.env.PG_DUMP ?? (existsSync(DEBIAN_PG_DUMP) ? DEBIAN_PG_DUMP : 'pg_dump');
const version = execFileSync(binary, ['--version'], { encoding: 'utf8' });
if (!/ 15[.\s]/.test(version)) fail(`the dump is made with pg_dump 15, not with ${version.trim()}`);
if (!process.env.DATABASE_URL)
  fail('DATABASE_URL must name a PostgreSQL 15 database with every migration applied');

const args = [
  '--schema-only',
  '--no-owner',
  '--no-privileges',
  '--no-comments',
  '--dbname',
  process.env.DATABASE_URL,
];
process.stdout.write(normalise(execFileSync(binary, args, { encoding: 'utf8' })));

// A line of a function's body may begin like one of these: a migration that does so shows at once in a review of the dump.
function normalise(dump) {
  const noise = /^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)$/;
  const lines = dump.split('\n').filter((line) => !noise.test(line));
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

function fail(message) {
  process.stderr.write(`schema-dump: ${message}\n`);
  process.exit(1);
}
