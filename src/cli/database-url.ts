import { checkAuthorities, readText } from '../config/pem-files.js';
import type { Config } from '../config/settings.js';

/** Where the external PostgreSQL is, as a URL with the password; null for the embedded one. */
export function databaseUrl(config: Config): string | null {
  if (config.databaseUrl !== '') return withPsqlMeaning(config.databaseUrl);
  return config.dbHost === '' ? null : fromParts(config);
}

/**
 * The same, before connecting: the files that it names can be read. Left to the driver, one that is not there is a database
 * that cannot be reached, and is waited for. @throws ConfigError
 */
export function checkedDatabaseUrl(config: Config): string | null {
  if (config.databaseUrl === '') {
    if (config.dbHost !== '' && config.dbSslRootCert !== '')
      checkAuthorities('DB_SSL_ROOT_CERT', config.dbSslRootCert);
    return databaseUrl(config);
  }
  const [, query = ''] = config.databaseUrl.split('?', 2);
  const parameters = new URLSearchParams(query);
  const authorities = parameters.get('sslrootcert');
  if (authorities) checkAuthorities('DATABASE_URL', authorities, 'sslrootcert');
  for (const name of ['sslcert', 'sslkey']) {
    const file = parameters.get(name);
    if (file) readText('DATABASE_URL', file, name);
  }
  return databaseUrl(config);
}

function fromParts(config: Config): string {
  const { dbHost: host } = config;
  const isSocket = host.startsWith('/');
  const parameters = new URLSearchParams({ sslmode: config.dbSslMode });
  if (config.dbSslRootCert !== '') parameters.set('sslrootcert', config.dbSslRootCert);
  if (isSocket) parameters.set('host', host);
  const user = encodeURIComponent(config.dbUser);
  const password = config.dbPassword === '' ? '' : `:${encodeURIComponent(config.dbPassword)}`;
  const shownHost = isSocket ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const url = `postgres://${user}${password}@${shownHost}:${config.dbPort}/${encodeURIComponent(config.dbName)}?${parameters.toString()}`;
  return withPsqlMeaning(url);
}

// Without this, pg takes `require` and `prefer` for verify-full, and warns of it on every start.
function withPsqlMeaning(url: string): string {
  const lenient = /[?&]sslmode=(prefer|require)\b/.test(url);
  const checksAuthority = /[?&]sslmode=verify-ca\b/.test(url) && url.includes('sslrootcert=');
  if ((!lenient && !checksAuthority) || url.includes('uselibpqcompat=')) return url;
  return `${url}&uselibpqcompat=true`;
}
