import { createHash } from 'node:crypto';
import type { ConnectionOptions } from 'mysql2';
import { createConnection } from 'mysql2/promise';
import { READER, READER_VIEWS } from '../../../migrations/mysql/1763900000000-reader.js';
import { mysqlMigrations } from '../../../migrations/mysql/index.js';
import type { Asked, PlainConnection, StoreAtStart } from '../migrations/at-start.js';
import { MigrationError } from '../migrations/migration-error.js';
import { connectionOptions } from './connection-options.js';

const OLDEST_MINOR = 6;

const DENIED = new Set([
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_ACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_CANT_CREATE_USER_WITH_GRANT',
]);

/**
 * The one for all hosts is not enough: where MariaDB has an anonymous user at localhost, as some installations do, who comes from
 * there is taken for that one.
 */
const HOSTS = ['%', 'localhost'];

export const mysqlAtStart: StoreAtStart = {
  store: 'mysql',
  names: mysqlMigrations.map((migration) => new migration().name),
  connect,
  check: isMariaDb,
  findTable: `select table_name as name from information_schema.tables
    where table_schema = database() and table_name = 'migrations'`,
  grantReader: grantMysqlReader,
};

// A URL that is wrong is told as that, at once: it is no server that cannot be reached yet.
function connect(url: string): Promise<PlainConnection> {
  return open(connectionOptions(url));
}

async function open(options: ConnectionOptions): Promise<PlainConnection> {
  const connection = await createConnection(options);
  // One that is lost fails what is asked of it; an `error` that nobody listens for would end the process.
  connection.on('error', () => undefined);
  return {
    query: async <T>(sql: string) => (await connection.query(sql))[0] as T,
    close: () => connection.end(),
  };
}

// RETURNING, collations without padding: what MySQL itself has not.
async function isMariaDb(db: Asked): Promise<void> {
  const [{ version }] = await db.query<{ version: string }[]>('select version() as version');
  const [, major, minor] = /^(\d+)\.(\d+)\..*MariaDB/.exec(version) ?? [];
  if (Number(major) > 10 || (Number(major) === 10 && Number(minor) >= OLDEST_MINOR)) return;
  throw new MigrationError(
    `access entries need MariaDB 10.${OLDEST_MINOR} or later, not MySQL, which lacks features that they rely on; this server is ${version}`,
  );
}

/** Makes the read-only user with this password, or gives it to the one there is. Gives what stands in the way, if anything. */
async function grantMysqlReader(db: Asked, password: string): Promise<string | null> {
  const identified = `identified via mysql_native_password using '${nativeHash(password)}'`;
  try {
    for (const user of HOSTS.map((host) => `'${READER}'@'${host}'`)) {
      await db.query(`create user if not exists ${user} ${identified}`);
      await db.query(`alter user ${user} ${identified}`);
      for (const view of READER_VIEWS) await db.query(`grant select on ${view} to ${user}`);
    }
    return null;
  } catch (error) {
    const { code } = error as Error & { code?: string };
    if (code === undefined || !DENIED.has(code)) throw error;
    return `GRAFANA_DB_PASSWORD: MariaDB's user may not make the user ${READER} (docs/grafana.md)`;
  }
}

/** What MariaDB keeps of a password: so the password itself gets into no log of statements. */
function nativeHash(password: string): string {
  const once = createHash('sha1').update(password).digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}
