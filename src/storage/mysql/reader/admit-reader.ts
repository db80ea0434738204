import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { READER, READER_VIEWS } from '../../../../migrations/mysql/1763900000000-reader.js';

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

/** Makes the read-only user with this password, or gives it to the one there is. Gives what stands in the way, if anything. */
export async function admitMysqlReader(source: DataSource, password: string): Promise<string | null> {
  const identified = `identified via mysql_native_password using '${nativeHash(password)}'`;
  try {
    for (const user of HOSTS.map((host) => `'${READER}'@'${host}'`)) {
      await source.query(`create user if not exists ${user} ${identified}`);
      await source.query(`alter user ${user} ${identified}`);
      for (const view of READER_VIEWS) await source.query(`grant select on ${view} to ${user}`);
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
