import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sightline } from '../support/command.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

let dir: string;
let database: TestDatabase;
const at = (name: string) => path.join(dir, name);

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'sightline-wrong-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'ignore' });
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=a',
    '-keyout',
    'key',
    '-out',
    'cert',
  );
  openssl('genrsa', '-out', 'other-key', '2048');
  openssl('rsa', '-aes128', '-passout', 'pass:secret', '-in', 'key', '-out', 'encrypted-key');
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:512',
    '-nodes',
    '-subj',
    '/CN=a',
    '-keyout',
    'weak-key',
    '-out',
    'weak',
  );
  writeFileSync(at('garbage'), 'no PEM\n');
  writeFileSync(at('empty'), '');
  mkdirSync(at('folder'));
  database = await cloneDatabase();
});

afterAll(async () => {
  await database.drop();
  rmSync(dir, { recursive: true });
});

/** What a start says that ends in one line, with the exit code of a wrong setting. */
async function refusalOf(env: Record<string, string>): Promise<string> {
  const given = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replaceAll('~', dir)]),
  );
  const all = { PORT: '0', SERVER_HOST: '127.0.0.1', DATA_DIR: at('data'), LOG_LEVEL: 'error', ...given };
  const { code, stdout, stderr } = await sightline(['serve'], all).done;
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^sightline: [^\n]+\n$/);
  for (const value of Object.values(given).filter((text) => text.includes(dir)))
    expect(stderr).not.toContain(value);
  return stderr.slice('sightline: '.length, -1);
}

const tls = (cert: string, key: string) => ({ TLS_CERT_FILE: `~/${cert}`, TLS_KEY_FILE: `~/${key}` });
const PG = 'postgres://u:p@127.0.0.1:1/d?sslmode=verify-full';
const unread = (code: string) => `names a file that cannot be read: ${code}`;

it.each([
  [tls('none', 'key'), `TLS_CERT_FILE (file) ${unread('ENOENT')}`],
  [tls('folder', 'key'), `TLS_CERT_FILE (file) ${unread('EISDIR')}`],
  [tls('garbage', 'key'), 'TLS_CERT_FILE (file) does not hold a PEM certificate'],
  [tls('cert', 'none'), `TLS_KEY_FILE (file) ${unread('ENOENT')}`],
  [tls('cert', 'empty'), 'TLS_KEY_FILE (file) does not hold a PEM private key'],
  [
    tls('cert', 'encrypted-key'),
    'TLS_KEY_FILE (file) is encrypted: only a key without a passphrase can be used',
  ],
  [tls('cert', 'other-key'), 'TLS_KEY_FILE (file) does not hold the key of the certificate in TLS_CERT_FILE'],
  [tls('weak', 'weak-key'), 'TLS_CERT_FILE (file) cannot be used for TLS: ERR_SSL_EE_KEY_TOO_SMALL'],
  [
    { TRUSTED_PROXIES: '10.0.0.1,0.0.0.0/0' },
    'TRUSTED_PROXIES (environment) must not cover every address: anyone could then forge the address of a client',
  ],
  [
    { DB_HOST: '127.0.0.2', DB_SSL_MODE: 'require', DB_SSL_ROOT_CERT: '~/none' },
    `DB_SSL_ROOT_CERT (file) ${unread('ENOENT')}`,
  ],
  [
    { DB_HOST: '127.0.0.2', DB_SSL_MODE: 'require', DB_SSL_ROOT_CERT: '~/garbage' },
    'DB_SSL_ROOT_CERT (file) does not hold a PEM certificate',
  ],
  [{ DATABASE_URL: `${PG}&sslrootcert=~/none` }, `DATABASE_URL (sslrootcert) ${unread('ENOENT')}`],
  [{ DATABASE_URL: `${PG}&sslkey=~/none` }, `DATABASE_URL (sslkey) ${unread('ENOENT')}`],
  [{ CONFIG_FILE: '~/none' }, `CONFIG_FILE (environment) ${unread('ENOENT')}`],
  [{ CONFIG_FILE: '~/garbage' }, 'CONFIG_FILE (environment) must hold a map of settings'],
  [{ API_KEYS_FILE: '~/folder' }, `API_KEYS_FILE (environment) ${unread('EISDIR')}`],
  [{ DB_PASSWORD_FILE: '~/none' }, `DB_PASSWORD_FILE (environment) ${unread('ENOENT')}`],
])('%j ends the start in one line, before there is a database', async (env, line) => {
  expect(await refusalOf(env)).toBe(line);
  expect(existsSync(at('data'))).toBe(false);
});

describe('with a database', () => {
  it.each([
    [{ METRICS_PATH: '/liveness' }, 'METRICS_PATH (path) is already the path of another route'],
    [{ HEALTH_CHECK_PATH: '/readiness/' }, 'HEALTH_CHECK_PATH (path) is already the path of another route'],
    [
      { ACCESS_STORE: 'mysql', MYSQL_URL: 'mysql://u:p@127.0.0.1:1/d?ssl-mode=required&ssl-ca=~/none' },
      `MYSQL_URL (ssl-ca) ${unread('ENOENT')}`,
    ],
  ])('%j ends the start in one line', async (env, line) => {
    expect(await refusalOf({ DATABASE_URL: database.url, ...env })).toBe(line);
  });

  it('an address that this machine does not have ends it in one line that names SERVER_HOST', async () => {
    const env = {
      DATABASE_URL: database.url,
      SERVER_HOST: '192.0.2.1',
      PORT: '0',
      API_KEYS: 'x:default:query=0123456789abcdef',
    };
    const { code, stderr } = await sightline(['serve'], env).done;
    expect([code, stderr]).toEqual([
      1,
      'sightline: SERVER_HOST: the address to listen on does not belong to this machine\n',
    ]);
  });
});
