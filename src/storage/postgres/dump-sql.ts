import { type Readable, PassThrough } from 'node:stream';
import type pg from 'pg';
import { postgresMigrations } from '../../../migrations/postgres/index.js';
import { rows } from './sql.js';

const READ_AHEAD_BYTES = 1 << 20;

/** What is read of a table, and written to it. */
interface Table {
  name: string;
  columns: string[];
}

const SNAPSHOT = 'begin isolation level repeatable read read only';

/**
 * All that the database holds at one moment, as SQL for the `psql` of any version: into a database of PostgreSQL 15 or later
 * where `sightline migrate up` has made the tables and nothing is in them yet. While it is read, others write.
 * @throws Error for a database that was made by another version of sightline
 */
export async function* dumpSql(client: pg.Client): AsyncGenerator<string | Buffer> {
  await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0');
  await client.query(SNAPSHOT);
  await checkMigrations(client);
  const tables = await selectTables(client);
  yield headOf(tables.map(({ name }) => name));
  yield* partitions(client);
  for (const { name, columns } of tables) {
    const list = columns.join(', ');
    yield `\ncopy ${name} (${list}) from stdin;\n`;
    yield* copyOut(client, `copy (select ${list} from ${name}) to stdout`) as AsyncIterable<Buffer>;
    yield '\\.\n';
  }
  yield* sequences(client);
  yield '\ncommit;\nanalyze;\n';
  await client.query('commit');
}

async function checkMigrations(client: pg.Client): Promise<void> {
  const applied = await rows<{ name: string }>(client, {
    text: 'select name from migrations order by timestamp',
  });
  const known = postgresMigrations.map((migration) => new migration().name);
  if (applied.map(({ name }) => name).join() !== known.join())
    throw new Error('the database was made by another version of sightline: run sightline migrate up first');
}

// Partitions are read through their table. What others refer to goes first.
async function selectTables(client: pg.Client): Promise<Table[]> {
  return rows(client, {
    text: `select relname as name, array_agg(quote_ident(attname) order by attnum) as columns
      from pg_class c join pg_attribute a on attrelid = c.oid and attnum > 0 and not attisdropped
      where relkind in ('r', 'p') and not relispartition and relname <> 'migrations'
        and relnamespace = (select relnamespace from pg_class where oid = 'events'::regclass)
      group by c.oid, relname
      order by relname <> 'projects', relname <> 'api_keys', relname`,
  });
}

// The same version has the same tables: one that has rows of its own would get those of the other beside them.
function headOf(tables: readonly string[]): string {
  const newest = new postgresMigrations[postgresMigrations.length - 1]().name;
  return `-- Data of Sightline. Into an empty database, whose tables sightline migrate up has made: psql --file THIS "$DATABASE_URL"
\\set ON_ERROR_STOP on
set client_encoding = 'UTF8';
set standard_conforming_strings = on;
set statement_timeout = 0;
begin;
do $$ begin
  if not exists (select from migrations where name = '${newest}') or (select count(*) from migrations) <> ${postgresMigrations.length} then
    raise exception 'this dump needs the tables of its own version of sightline: make them with sightline migrate up';
  end if;
  if exists (select from events) or exists (select from access_logs) or exists (select from api_keys) then
    raise exception 'this database is in use: a dump goes into one that has tables and nothing in them';
  end if;
end $$;
truncate ${tables.join(', ')};
`;
}

interface Partition {
  parent: string;
  name: string;
  bound: string;
}

async function* partitions(client: pg.Client): AsyncGenerator<string> {
  const found = await rows<Partition>(client, {
    text: `select inhparent::regclass::text as parent, relname as name, pg_get_expr(relpartbound, c.oid) as bound
      from pg_inherits join pg_class c on c.oid = inhrelid where relkind = 'r' order by 1, 2`,
  });
  yield `set timezone = 'UTC';\n`;
  for (const { parent, name, bound } of found) {
    yield `create table if not exists ${name} partition of ${parent} ${bound};\n`;
  }
}

interface Sequence {
  name: string;
  value: number | null;
}

async function* sequences(client: pg.Client): AsyncGenerator<string> {
  const found = await rows<Sequence>(client, {
    text: `select sequencename as name, last_value as value from pg_sequences
      where schemaname = (select relnamespace::regnamespace::text from pg_class where oid = 'events'::regclass)
        and sequencename <> 'migrations_id_seq' order by 1`,
  });
  for (const { name, value } of found) {
    yield value === null ? '' : `select setval('${name}', ${value});\n`;
  }
}

/** What pg asks of a query that reads messages itself. */
interface Connection {
  query(text: string): void;
  stream: { pause(): void; resume(): void };
}

/** What a `copy … to stdout` gives, as PostgreSQL writes it; the connection rests while nobody reads. */
function copyOut(client: pg.Client, text: string): Readable {
  const output = new PassThrough({ highWaterMark: READ_AHEAD_BYTES });
  const query = {
    submit: (connection: Connection) => connection.query(text),
    handleCopyData: ({ chunk }: { chunk: Buffer }, { stream }: Connection) => {
      // What the connection has read already still comes after a pause.
      // A copy: pg reads the next packet into the same memory.
      if (output.write(Buffer.from(chunk)) || output.listenerCount('drain') > 0) return;
      stream.pause();
      output.once('drain', () => stream.resume());
    },
    handleCommandComplete: () => undefined,
    handleReadyForQuery: () => output.end(),
    handleError: (error: Error) => output.destroy(error),
  };
  client.query(query as unknown as pg.Submittable);
  return output;
}
