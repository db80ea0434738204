import { Logger } from '@nestjs/common';
import type { Config } from '../../config/settings.js';
import { ACCESS } from '../../core/counting/kind.js';
import { PendingBlocks } from '../../core/counting/pending-blocks.js';
import type { AccessStore } from '../../core/ports/access-store.js';
import { SystemClock } from '../../core/ports/clock.js';
import type { Mysql } from '../../storage/mysql/mysql.js';
import type { Database } from '../../storage/postgres/database.js';
import { withDatabaseUrl } from '../open-database.js';

export interface OpenAccessStore {
  store: AccessStore;
  /** PostgreSQL, whichever database the store is in. */
  database: Database;
  /** Ids by name. */
  projects: ReadonlyMap<string, number>;
}

/** For a command: runs `work` on the store of access entries that the settings name, and the projects. */
export function withAccessStore<T>(
  config: Config,
  work: (opened: OpenAccessStore) => Promise<T>,
): Promise<T> {
  // What the store refuses is in the ledger; stdout is the ledger's.
  Logger.overrideLogger(false);
  return withDatabaseUrl(config, async (url) => {
    const { Connections } = await import('../../storage/connections.js');
    const { PostgresKeyStore } = await import('../../storage/postgres/accounts/postgres-key-store.js');
    const connections = await Connections.open(config, url);
    try {
      const { postgres, mysql } = connections;
      const { projects } = await new PostgresKeyStore(postgres, new SystemClock()).load();
      const store = mysql === null ? await inPostgres(config, postgres) : await inMysql(config, mysql);
      return await work({ store, database: postgres, projects });
    } finally {
      await connections.close();
    }
  });
}

async function inPostgres(
  { accessLogKeep: keep, uniqueIps }: Config,
  database: Database,
): Promise<AccessStore> {
  const { PostgresAccessStore } = await import('../../storage/postgres/access/postgres-access-store.js');
  const { PostgresAddressUpserts } = await import('../../storage/postgres/access/upsert-addresses.js');
  const addresses = new PostgresAddressUpserts(uniqueIps);
  return new PostgresAccessStore(database, { keep, addresses, pending: new PendingBlocks(ACCESS, 0) });
}

async function inMysql({ accessLogKeep: keep, uniqueIps }: Config, mysql: Mysql): Promise<AccessStore> {
  const { MysqlAccessStore } = await import('../../storage/mysql/access/mysql-access-store.js');
  const { Partitions } = await import('../../storage/mysql/partitions.js');
  const { AddressUpserts } = await import('../../storage/address-upserts.js');
  const partitions = new Partitions(mysql.background);
  const addresses = new AddressUpserts(uniqueIps);
  return new MysqlAccessStore(mysql, { keep, addresses, partitions, pending: new PendingBlocks(ACCESS, 0) });
}
