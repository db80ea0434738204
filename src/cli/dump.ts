import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Command } from 'commander';
import type { Config } from '../config/settings.js';
import { withDatabaseUrl } from './open-database.js';
import { addSettings, readCommandConfig } from './setting-option.js';

/** `sightline dump FILE`: for those who have no pg_dump of the database's version, as the embedded one brings none. */
export function registerDump(program: Command): void {
  const dump = program
    .command('dump')
    .argument('<file>', 'file to create, gzipped if its name ends with .gz; - writes to stdout')
    .description('write all data in PostgreSQL as SQL that any version of psql can read (docs/backup.md)');
  addSettings(dump, ['Database']);
  dump.action((file: string) => run(readCommandConfig(dump), file));
}

async function run(config: Config, file: string): Promise<void> {
  await withDatabaseUrl(config, async (url) => {
    if (file === '-') return write(url, process.stdout, false);
    if (existsSync(file)) throw new Error(`${file} already exists: a dump needs a new file`);
    // Renamed once it is complete: a partial file is removed.
    const partial = `${file}.partial`;
    const output = createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true });
    try {
      await write(url, output, file.endsWith('.gz'));
      await rename(partial, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(partial, { force: true });
      throw error;
    }
  });
}

async function write(url: string, output: Writable, packed: boolean): Promise<void> {
  const { Client } = await import('../storage/postgres/database.js');
  const { dumpSql } = await import('../storage/postgres/dump-sql.js');
  const client = new Client(url);
  await client.connect();
  try {
    const sql = Readable.from(dumpSql(client), { objectMode: true });
    await (packed
      ? pipeline(sql, createGzip(), output)
      : pipeline(sql, output, { end: output !== process.stdout }));
  } finally {
    await client.end();
  }
}
