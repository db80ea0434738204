import { Logger } from '@nestjs/common';
import type { Config } from '../../config/settings.js';
import type { AccessStore } from '../../core/access-store.js';
import { SystemClock } from '../../core/clock.js';
import type { Database } from '../../storage/postgres/database.js';
import { openDatabase } from '../open-database.js';

export interface OpenAccessStore {
  store: AccessStore;
  /** Ids by name. */
  projects: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** For a command: the store of access entries that the settings name, and the projects. */
export async function openAccessStore(config: Config): Promise<OpenAccessStore> {
  // What the store refuses is in the ledger; stdout is the ledger's.
  Logger.overrideLogger(false);
  const { Database } = await import('../../storage/postgres/database.js');
  const { PostgresKeyStore } = await import('../../storage/postgres/keys/postgres-key-store.js');
  const opened = await openDatabase(config);
  try {
    const database = await Database.connect(config, opened.url);
    const { projects } = await new PostgresKeyStore(database, new SystemClock()).load();
    const entries =
      config.accessStore === 'mysql' ? await inMysql(config) : await inPostgres(config, database);
    const close = async () => {
      await entries.close();
      await database.close();
      await opened.close();
    };
    return { store: entries.store, projects, close };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

type Entries = Pick<OpenAccessStore, 'store' | 'close'>;

async function inPostgres({ accessLogKeep: keep, uniqueIps }: Config, database: Database): Promise<Entries> {
  const { PostgresAccessStore } =
    await import('../../storage/postgres/access/append/postgres-access-store.js');
  const { PostgresAddressNotes } = await import('../../storage/postgres/access/addresses/address-notes.js');
  const store = new PostgresAccessStore(database, { keep, addresses: new PostgresAddressNotes(uniqueIps) });
  return { store, close: () => Promise.resolve() };
}

async function inMysql(config: Config): Promise<Entries> {
  const { Mysql } = await import('../../storage/mysql/mysql.js');
  const { MysqlAccessStore } = await import('../../storage/mysql/access/append/mysql-access-store.js');
  const { Partitions } = await import('../../storage/mysql/partitions.js');
  const { AddressNotes } = await import('../../storage/address-notes.js');
  const mysql = await Mysql.connect(config);
  const addresses = new AddressNotes(config.uniqueIps);
  const partitions = new Partitions(mysql.background);
  const store = new MysqlAccessStore(mysql, { keep: config.accessLogKeep, addresses, partitions });
  return { store, close: () => mysql.close() };
}
