import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { loadConfig, type ConfigInput } from './load.js';
import type { Setting } from './setting.js';
import { settings } from './settings.js';

type Given = Partial<Omit<ConfigInput, 'readFile'>> & { files?: Record<string, string> };

function load({ files = {}, ...input }: Given = {}) {
  const readFile = (path: string) => {
    if (!Object.hasOwn(files, path)) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
    return files[path];
  };
  return loadConfig({ flags: {}, env: {}, dotEnv: null, readFile, ...input });
}

/** A configuration file and nothing else. */
const yaml = (content: string) => ({ env: { CONFIG_FILE: 'c.yaml' }, files: { 'c.yaml': content } });

const refusal = (input: Given) => {
  try {
    load(input);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'nothing was refused';
};

describe('loadConfig', () => {
  it('gives the defaults, frozen', () => {
    const config = load();
    expect(config).toMatchObject({ port: 8080, host: '0.0.0.0', trustedProxies: [], metricsEnabled: true });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.allowedOrigins)).toBe(true);
  });

  it('asks flags, then the environment, then .env, then YAML', () => {
    const layers: Given = { ...yaml('port: 4'), dotEnv: 'PORT=3' };
    expect(load(yaml('port: 4')).port).toBe(4);
    expect(load(layers).port).toBe(3);
    const env = { CONFIG_FILE: 'c.yaml', PORT: '2' };
    expect(load({ ...layers, env }).port).toBe(2);
    expect(load({ ...layers, env, flags: { PORT: '1' } }).port).toBe(1);
  });

  it('takes the configuration file from a flag or .env as well', () => {
    const files = { a: 'port: 1', b: 'port: 2', c: 'port: 3' };
    expect(load({ files, dotEnv: 'CONFIG_FILE=c' }).port).toBe(3);
    expect(load({ files, dotEnv: 'CONFIG_FILE=c', env: { CONFIG_FILE: 'b' } }).port).toBe(2);
    expect(load({ files, env: { CONFIG_FILE: 'b' }, flags: { CONFIG_FILE: 'a' } }).port).toBe(1);
  });

  it('knows aliases in the environment and YAML; the own name goes before them', () => {
    expect(load({ env: { LOG_PORT: '1' } }).port).toBe(1);
    expect(load({ env: { LOG_PORT: '1', PORT: '2' } }).port).toBe(2);
    expect(load(yaml('log-server-port: 3')).port).toBe(3);
    expect(load({ env: { LOG_PORT: '1' }, dotEnv: 'PORT=2' }).port).toBe(1);
    expect(load({ env: { LOG_SERVER_READ_TIMEOUT: '2m' } }).requestTimeoutS).toBe(120);
    expect(refusal({ env: { LOG_PORT: 'x' } })).toBe(
      'LOG_PORT (environment) must be a whole number from 0 to 65535',
    );
  });

  it('knows MariaDB by its own name', () => {
    const MYSQL_URL = 'mariadb://u@h/d';
    expect(load({ env: { ACCESS_STORE: 'MariaDB', MYSQL_URL } }).accessStore).toBe('mysql');
    expect(refusal({ env: { ACCESS_STORE: 'mysql8' } })).toMatch(/must be one of postgres, mysql, mariadb$/);
  });

  it('takes blank for not given, and for a list as none', () => {
    expect(load({ env: { PORT: ' ', ENABLE_METRICS: '' }, dotEnv: 'PORT=3' })).toMatchObject({
      port: 3,
      metricsEnabled: true,
    });
    expect(load({ env: { ALLOWED_ORIGINS: '' } }).allowedOrigins).toEqual([]);
    expect(load({ env: { KAFKA_BROKERS: '' } }).port).toBe(8080);
  });

  it.each([
    [':9', { port: 9, host: '0.0.0.0' }],
    ['localhost:9', { port: 9, host: 'localhost' }],
    ['[::1]:9', { port: 9, host: '::1' }],
  ])('folds HTTP_ADDR %s into port and host', (httpAddr, expected) => {
    expect(load({ env: { HTTP_ADDR: httpAddr } })).toMatchObject(expected);
    expect(load({ flags: { HTTP_ADDR: httpAddr }, env: { LOG_PORT: '8' } }).port).toBe(8);
    expect(load({ flags: { HTTP_ADDR: httpAddr }, dotEnv: 'SERVER_HOST=h' }).host).toBe('h');
  });

  it('reads a secret from a file', () => {
    const files = { f: 'pass word\n', g: 'two\n\n' };
    expect(load({ files, env: { DB_HOST: 'h', DB_PASSWORD_FILE: 'f' } }).dbPassword).toBe('pass word');
    expect(load({ files, dotEnv: 'DB_HOST=h\nDB_PASSWORD_FILE=g' }).dbPassword).toBe('two\n');
    expect(
      load({ files, flags: { DB_PASSWORD_FILE: 'f' }, env: { DB_HOST: 'h', DB_PASSWORD: 'x' } }).dbPassword,
    ).toBe('pass word');
    expect(
      load({ env: { CONFIG_FILE: 'c' }, files: { ...files, c: 'db_host: h\ndb_password_file: f' } })
        .dbPassword,
    ).toBe('pass word');
    expect(refusal({ env: { DB_PASSWORD: 'x', DB_PASSWORD_FILE: 'f' } })).toBe(
      'DB_PASSWORD (environment) cannot be given together with DB_PASSWORD_FILE',
    );
    expect(refusal({ env: { DB_PASSWORD_FILE: 'none' } })).toBe(
      'DB_PASSWORD_FILE (environment) names a file that cannot be read: ENOENT',
    );
    expect(refusal({ files: { u: 'mysql://x' }, env: { DATABASE_URL_FILE: 'u' } })).toMatch(
      /^DATABASE_URL_FILE /,
    );
  });

  it.each([
    [{ TLS_CERT_FILE: 'c' }, 'TLS_CERT_FILE (environment) needs TLS_KEY_FILE'],
    [{ TLS_KEY_FILE: 'k' }, 'TLS_KEY_FILE (environment) needs TLS_CERT_FILE'],
    [{ WORKER_POOL_SIZE: '10' }, 'WORKER_POOL_SIZE (environment) must be less than DB_MAX_CONNECTIONS'],
    [
      { DATABASE_URL: 'postgres://h/d', DB_HOST: 'h' },
      'DB_HOST (environment) cannot be given together with DATABASE_URL',
    ],
    [{ DB_SSL_MODE: 'verify-ca' }, 'DB_SSL_MODE (environment) needs DB_SSL_ROOT_CERT'],
    [{ METRICS_PATH: '/health' }, 'METRICS_PATH (environment) must differ from HEALTH_CHECK_PATH'],
    [{ METRICS_PATH: 'metrics' }, 'METRICS_PATH (environment) must be a path that starts with /'],
    [{ HEALTH_CHECK_PATH: '/:id' }, 'HEALTH_CHECK_PATH (environment) must be a path'],
    [
      { DATABASE_URL: 'mysql://h/d' },
      'DATABASE_URL (environment) must be a URL: postgres://… or postgresql://…',
    ],
    [{ DATABASE_URL: 'postgres:h' }, 'DATABASE_URL (environment) must be a URL'],
    [{ REDIS_URL: 'localhost:6379' }, 'REDIS_URL (environment) must be a URL: redis://… or rediss://…'],
    [
      { TRUSTED_PROXIES: '10.0.0.0/33' },
      'TRUSTED_PROXIES (environment) must be a comma-separated list of addresses',
    ],
    [
      { TRUSTED_PROXIES: '10.0.0.1,proxy' },
      'TRUSTED_PROXIES (environment) must be a comma-separated list of addresses',
    ],
    [
      { ANONYMOUS_SCOPES: 'ingest,root' },
      'ANONYMOUS_SCOPES (environment) must be a comma-separated list of ingest, query, admin',
    ],
    [{ HTTP_ADDR: '8080' }, 'HTTP_ADDR (environment) must be HOST:PORT or :PORT'],
    [{ INGEST_MODE: 'kafka' }, 'INGEST_MODE (environment) needs KAFKA_BROKERS for kafka'],
    [{ KAFKA_BROKERS: 'a' }, 'KAFKA_BROKERS (environment) must be HOST:PORT, or several separated by commas'],
    [{ PROFILE_ADDR: '127.0.0.1' }, 'PROFILE_ADDR (environment) must be HOST:PORT or :PORT'],
    [{ DB_NAME: 'x' }, 'DB_NAME (environment) needs DB_HOST: without it the embedded database is used'],
    [{ DB_USER: 'x' }, 'DB_USER (environment) needs DB_HOST'],
    [{ DB_PORT: '5433' }, 'DB_PORT (environment) needs DB_HOST'],
    [{ DB_PASSWORD: 'x' }, 'DB_PASSWORD (environment) needs DB_HOST'],
    [{ DB_SSL_MODE: 'require' }, 'DB_SSL_MODE (environment) needs DB_HOST'],
    [{ DB_SSL_ROOT_CERT: 'f' }, 'DB_SSL_ROOT_CERT (environment) needs DB_HOST'],
    [
      { DATABASE_URL: 'postgres://h/d', DB_PASSWORD: 'x' },
      'DB_PASSWORD (environment) cannot be given together with DATABASE_URL',
    ],
    [
      { DB_HOST: 'h', DB_SSL_ROOT_CERT: 'f' },
      'DB_SSL_ROOT_CERT (environment) needs a DB_SSL_MODE other than disable',
    ],
    [{ MYSQL_URL: 'mysql://h/d' }, 'MYSQL_URL (environment) needs ACCESS_STORE=mysql'],
    [
      { DB_HOST: 'h', AGGREGATION_INTERVAL_SECONDS: '5' },
      'AGGREGATION_INTERVAL_SECONDS (environment) needs ARCHIVE_DIR',
    ],
    [{ ALLOWED_ORIGINS: 'https://a' }, 'ALLOWED_ORIGINS (environment) needs ENABLE_CORS=true'],
    [
      { API_KEY_ROTATION_INTERVAL_HOURS: '1' },
      'API_KEY_ROTATION_INTERVAL_HOURS (environment) needs ENABLE_API_KEY_ROTATION=true',
    ],
    [{ PROFILE_ADDR: ':1' }, 'PROFILE_ADDR (environment) needs PROFILE_ENABLED=true'],
    [{ PROFILE_NAME: 'x' }, 'PROFILE_NAME (environment) needs PROFILE_CAPTURE=true'],
    [{ PROFILE_DIR: 'x' }, 'PROFILE_DIR (environment) needs PROFILE_CAPTURE=true'],
    [{ REQUEST_LOG: 'all', LOG_LEVEL: 'warn' }, 'REQUEST_LOG (environment) needs LOG_LEVEL=info or lower'],
  ])('refuses %o', (env, message) => {
    expect(refusal({ env })).toContain(message);
  });

  it.each([
    // as a template gives them all, with what they are by default
    { DB_NAME: 'sightline', DB_USER: 'sightline', DB_PORT: '5432', DB_SSL_MODE: 'disable', DB_PASSWORD: '' },
    { ALLOWED_ORIGINS: '*', PROFILE_ADDR: '127.0.0.1:6062', API_KEY_ROTATION_INTERVAL_HOURS: '720' },
    // what somebody has switched off in so many words
    { ACCESS_STORE: 'postgres', MYSQL_URL: 'mysql://h/d' },
    { ENABLE_CORS: 'false', ALLOWED_ORIGINS: 'https://a' },
    { ENABLE_API_KEY_ROTATION: 'false', API_KEY_ROTATION_INTERVAL_HOURS: '1' },
    { PROFILE_ENABLED: '0', PROFILE_ADDR: ':1', PROFILE_CAPTURE: '0', PROFILE_NAME: 'x' },
    // and what is used
    { DB_HOST: 'h', DB_NAME: 'x', DB_SSL_MODE: 'verify-ca', DB_SSL_ROOT_CERT: 'f' },
    { DB_HOST: 'h', ARCHIVE_DIR: 'a', AGGREGATION_INTERVAL_SECONDS: '5' },
    { AGGREGATION_INTERVAL_SECONDS: '5', REQUEST_LOG: 'all', LOG_LEVEL: 'debug' },
  ])('takes %o', (env) => {
    expect(refusal({ env })).toBe('nothing was refused');
  });

  it.each(['0.0.0.0/0', '10.0.0.0/8,::/0', '::ffff:0:0/96', '::/64'])(
    'trusts not everybody: %s',
    (ranges) => {
      expect(refusal({ env: { TRUSTED_PROXIES: ranges } })).toBe(
        'TRUSTED_PROXIES (environment) must not cover every address: anyone could then forge the address of a client',
      );
    },
  );

  it('accepts addresses, ranges and URLs of every form', () => {
    const trustedProxies = [
      '10.0.0.1',
      '10.0.0.0/8',
      '::1',
      'fd00::/8',
      'fe80::1%eth0',
      '::ffff:10.0.0.0/104',
    ];
    expect(load({ env: { TRUSTED_PROXIES: trustedProxies.join(', ') } }).trustedProxies).toEqual(
      trustedProxies,
    );
    for (const url of [
      'postgresql://u:p%40@h:1/d?sslmode=require',
      'postgres://u@/d?host=/run',
      'postgres:///d',
    ]) {
      expect(load({ env: { DATABASE_URL: url } }).databaseUrl).toBe(url);
    }
    expect(load({ env: { REDIS_URL: 'rediss://:p@h:6380/1' } }).redisUrl).toBe('rediss://:p@h:6380/1');
  });

  it('never repeats a value in an error', () => {
    const all = Object.values<Setting<unknown>>(settings);
    const marker = fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).map((tail) => `Zq7${tail}xW9`);
    const layer = fc.constantFrom('flags', 'env', 'dotEnv', 'yaml');
    fc.assert(
      fc.property(fc.constantFrom(...all), marker, layer, fc.boolean(), (setting, value, where, asFile) => {
        const name = setting.secret && asFile ? `${setting.env}_FILE` : setting.env;
        const yamlText = `${name}: ${value}`;
        const input: Given = {
          flags: { flags: { [name]: value } },
          env: { env: { [name]: value } },
          dotEnv: { dotEnv: `${name}='${value}'` },
          yaml: yaml(yamlText),
        }[where];
        const message = refusal(input);
        expect(message).not.toContain(value);
        expect(message).not.toContain('Zq7');
        expect(message).not.toContain('\n');
      }),
      { numRuns: 1000 },
    );
  });
});
