import type { ConnectionOptions } from 'mysql2';
import { readText } from '../../config/pem-files.js';

const CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_PORT = 3306;
const SSL_MODES = ['disabled', 'required', 'verify_identity'];
const PARAMETERS = ['ssl-mode', 'ssl-ca', 'socket'];

/**
 * What every connection is set to, whatever the server's defaults: times are UTC, what does not fit is refused and not cut off,
 * and a statement sees what was committed when it began (fewer locks on gaps than REPEATABLE READ, and so fewer deadlocks).
 */
export const SESSION = `set time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
  tx_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = 10, lock_wait_timeout = 30`;

/**
 * How to connect to the database that a URL names: mysql://USER:PASSWORD@HOST:PORT/NAME with the parameters
 * `ssl-mode=disabled|required|verify_identity` (default disabled), `ssl-ca=FILE` and `socket=FILE`.
 * @throws Error that names what is wrong and quotes nothing of the URL.
 */
export function connectionOptions(text: string): ConnectionOptions {
  const url = new URL(text);
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) throw new Error(`MYSQL_URL: its parameters are ${PARAMETERS.join(', ')}`);
  const database = decodeURIComponent(url.pathname.slice(1));
  if (database === '') throw new Error('MYSQL_URL: must name a database after the host');
  const socketPath = url.searchParams.get('socket');
  return {
    // an IPv6 address stands in brackets
    ...(socketPath === null
      ? { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || DEFAULT_PORT) }
      : { socketPath }),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    charset: 'UTF8MB4_GENERAL_CI',
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...tls(url.searchParams),
  };
}

function tls(parameters: URLSearchParams): Pick<ConnectionOptions, 'ssl'> {
  const mode = parameters.get('ssl-mode')?.toLowerCase() ?? 'disabled';
  if (!SSL_MODES.includes(mode)) throw new Error(`MYSQL_URL: ssl-mode must be ${SSL_MODES.join(', ')}`);
  if (mode === 'disabled') return {};
  const file = parameters.get('ssl-ca');
  return {
    ssl: {
      rejectUnauthorized: mode === 'verify_identity',
      verifyIdentity: mode === 'verify_identity',
      ...(file !== null && { ca: readText('MYSQL_URL', file, 'ssl-ca') }),
    },
  };
}
