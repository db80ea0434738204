import { SCOPES, type Scope } from '../core/api-key.js';
import {
  addressRanges,
  listenAddress,
  listenAddressText,
  origins,
  secretUrl,
  urlPath,
} from './network-setting.js';
import { accessLogs } from './access-log-settings.js';
import { streams } from './stream-settings.js';
import {
  bool,
  choice,
  int,
  list,
  number,
  numberOrOff,
  seconds,
  secret,
  text,
  unavailable,
} from './setting.js';

const server = {
  port: int('PORT', 8080, 0, 65535, 'Port to listen on; 0 takes a free one.', [
    'LOG_PORT',
    'LOG_SERVER_PORT',
  ]),
  host: text('SERVER_HOST', '0.0.0.0', 'Address to listen on.'),
  httpAddr: listenAddress(
    'HTTP_ADDR',
    'Address and port at once, for those who bring it; PORT and SERVER_HOST go before it.',
  ),
  dataDir: text('DATA_DIR', 'data', 'Where the embedded database and the generated key are kept.'),
  workers: int('WORKERS', 1, 1, 256, 'Server processes that share the port.'),
  tlsCertFile: text(
    'TLS_CERT_FILE',
    '',
    'PEM certificate (chain); with TLS_KEY_FILE the server speaks HTTPS.',
  ),
  tlsKeyFile: text('TLS_KEY_FILE', '', 'PEM private key.'),
  requestTimeoutS: seconds('REQUEST_TIMEOUT_SECONDS', 30, 0.05, 3600, 'Longest time for a request.', [
    'LOG_SERVER_READ_TIMEOUT',
    'LOG_SERVER_WRITE_TIMEOUT',
    'BATCH_TIMEOUT_SECONDS',
  ]),
  keepAliveS: seconds(
    'KEEP_ALIVE_SECONDS',
    620,
    1,
    86_400,
    'How long an idle connection is kept open; longer than the balancer in front keeps its own, or its requests meet a closed one.',
  ),
  maxConnections: int(
    'MAX_CONNECTIONS',
    5_000,
    2,
    1_000_000,
    'Open connections of a process; one address has at most half of them. Past it idle ones are closed, then what comes on top.',
  ),
  shutdownTimeoutS: seconds('SHUTDOWN_TIMEOUT_SECONDS', 10, 0.1, 3600, 'Longest time that a stop may take.'),
  shutdownDelayS: seconds(
    'SHUTDOWN_DELAY_SECONDS',
    0,
    0,
    600,
    'Time between a failing readiness and the closing of the listener.',
  ),
};

const database = {
  databaseUrl: secretUrl(
    'DATABASE_URL',
    ['postgres', 'postgresql'],
    'PostgreSQL to use instead of the embedded one: postgres://USER:PASSWORD@HOST:PORT/NAME.',
  ),
  dbHost: text('DB_HOST', '', "PostgreSQL host or its socket's directory, where DATABASE_URL is not given."),
  dbPort: int('DB_PORT', 5432, 1, 65535, 'PostgreSQL port.'),
  dbName: text('DB_NAME', 'sightline', 'Database name.'),
  dbUser: text('DB_USER', 'sightline', 'Database user.'),
  dbPassword: secret('DB_PASSWORD', 'Password of the database user.'),
  grafanaDbPassword: secret(
    'GRAFANA_DB_PASSWORD',
    'Password to give the read-only user sightline_reader, as which Grafana asks; blank leaves it as it is.',
  ),
  dbSslMode: choice(
    'DB_SSL_MODE',
    'disable',
    ['disable', 'require', 'verify-ca', 'verify-full'] as const,
    'TLS to the database, with the meaning that psql gives these words.',
  ),
  dbSslRootCert: text(
    'DB_SSL_ROOT_CERT',
    '',
    "PEM certificates that the database's own must descend from; blank takes those that Node.js trusts.",
  ),
  dbMaxConnections: int(
    'DB_MAX_CONNECTIONS',
    10,
    3,
    1000,
    'Connections of one process: WORKER_POOL_SIZE for ingest, one or two for keys and health, the rest for queries.',
  ),
  dbMaxIdleConnections: int('DB_MAX_IDLE_CONNECTIONS', 10, 0, 1000, 'Idle query connections to keep open.'),
  dbMaxLifetimeMinutes: int('DB_MAX_LIFETIME_MINUTES', 60, 1, 1440, 'Age at which a connection is replaced.'),
  ingestConnections: int(
    'WORKER_POOL_SIZE',
    2,
    1,
    100,
    'Database connections for ingest: flushes in flight at once; at most DB_MAX_CONNECTIONS - 2.',
  ),
};

const redis = {
  redisUrl: secretUrl(
    'REDIS_URL',
    ['redis', 'rediss'],
    'Redis that all processes share for rate limits and the cache: redis://HOST:PORT.',
  ),
};

const access = {
  apiKeys: secret(
    'API_KEYS',
    'Keys to make at the start, of 16 characters and more: KEY or NAME:PROJECT:SCOPES=KEY, by comma; scopes joined by +.',
  ),
  sessionHours: number(
    'SESSION_HOURS',
    12,
    0.0003,
    8760,
    'How long a log-in to the dashboard lasts; it ends with its key.',
  ),
  anonymousScopes: list<Scope>('ANONYMOUS_SCOPES', [], SCOPES, 'Scopes of a request without a key.'),
  keyStaleS: seconds(
    'KEY_CACHE_STALE_SECONDS',
    300,
    0,
    86_400,
    'How long known keys are honoured while the database is away.',
  ),
  keyRotation: bool(
    'ENABLE_API_KEY_ROTATION',
    false,
    'Tell clients and admins of keys that are due for rotation.',
  ),
  keyRotationIntervalH: number(
    'API_KEY_ROTATION_INTERVAL_HOURS',
    720,
    0,
    87_600,
    'Age at which a key is due.',
  ),
  keyRotationGraceH: number('API_KEY_ROTATION_GRACE_HOURS', 72, 0, 8760, 'How long a rotated key works on.'),
  rateLimitBurst: int(
    'RATE_LIMIT_BURST',
    100,
    1,
    1_000_000_000,
    'Requests that a key and client address may send at once.',
  ),
  rateLimitPerMinute: numberOrOff(
    'RATE_LIMIT_REQUESTS_PER_MINUTE',
    1000,
    0.001,
    1e12,
    'Requests a minute that refill the burst; 0 turns the limit off.',
  ),
  trustedProxies: addressRanges('TRUSTED_PROXIES', 'Proxies whose X-Forwarded-For, -Host and -Proto count.'),
  corsEnabled: bool('ENABLE_CORS', false, 'Answer cross-origin requests of ALLOWED_ORIGINS.'),
  allowedOrigins: list<string>('ALLOWED_ORIGINS', ['*'], null, 'Origins for CORS; * for any.'),
  beaconOrigins: origins(
    'BEACON_ORIGINS',
    'Origins whose pages may send to /api/v1/beacon with a key in the query; none turns it off.',
  ),
};

const ingest = {
  maxBatchSize: int('MAX_BATCH_SIZE', 1000, 1, 100_000, 'Events in one batch.'),
  maxRequestMb: number('MAX_REQUEST_SIZE_MB', 10, 0.001, 512, 'Size of a body, after decompression.'),
  maxEventKb: number('MAX_EVENT_SIZE_KB', 256, 0.1, 16_384, 'Size of one event as JSON.'),
  maxInFlightRecords: int(
    'MAX_IN_FLIGHT_RECORDS',
    20_000,
    1,
    10_000_000,
    'Records taken in and not yet stored; past it the answer is 503.',
  ),
  maxInFlightMb: number(
    'MAX_IN_FLIGHT_MB',
    48,
    0.001,
    65_536,
    'Megabytes of bodies, from their first byte to their answer, and of records not yet stored; past it the answer is 503.',
  ),
  flushMaxRows: int('FLUSH_MAX_ROWS', 1000, 1, 50_000, 'Most rows of one transaction.'),
  ingestMode: choice('INGEST_MODE', 'direct', ['direct'] as const, 'How accepted records reach the store.'),
};

const data = {
  retentionDays: int(
    'RETENTION_DAYS',
    90,
    0,
    36_500,
    'Days that events are kept, by receipt; 0 keeps them for ever.',
  ),
  auditDays: int(
    'AUDIT_DAYS',
    365,
    0,
    36_500,
    'Days that the audit log keeps its entries; 0 keeps them for ever.',
  ),
  rollupMaxNames: int(
    'ROLLUP_MAX_NAMES',
    10_000,
    1,
    10_000_000,
    'Distinct names, versions or providers counted one by one, a project and day, and as many again of those that the week before knows; the rest is (other).',
  ),
  compactSeconds: seconds('ROLLUP_COMPACT_SECONDS', 10, 0.05, 3600, 'How often rollup deltas are compacted.'),
  statsCacheS: seconds(
    'STATS_CACHE_SECONDS',
    10,
    0,
    3600,
    'How long an answer of /metrics, /stats and /logs/filter is kept while its project stores nothing; 0 keeps none.',
  ),
};

const operations = {
  logLevel: choice(
    'LOG_LEVEL',
    'info',
    ['trace', 'debug', 'info', 'warn', 'error'] as const,
    'Least level that is logged.',
  ),
  requestLog: choice(
    'REQUEST_LOG',
    'errors',
    ['off', 'errors', 'all'] as const,
    'Which requests get a log line: those answered with 400 and more, all, or none.',
  ),
  metricsEnabled: bool('ENABLE_METRICS', true, 'Serve Prometheus metrics.'),
  metricsPath: urlPath('METRICS_PATH', '/metrics', 'Path of the Prometheus metrics.'),
  metricsRequireKey: bool(
    'METRICS_REQUIRE_KEY',
    false,
    'Ask for a key with scope query at the metrics path.',
  ),
  metricsPort: int(
    'METRICS_PORT',
    0,
    0,
    65535,
    'Port for the Prometheus metrics, there and only there (9102 by custom); 0 serves them on PORT.',
    ['METRICS_SERVER_PORT'],
  ),
  dashboardEnabled: bool('ENABLE_DASHBOARD', true, 'Serve the dashboard at /.'),
  healthPath: urlPath('HEALTH_CHECK_PATH', '/health', 'Path of the health report.'),
  profileEnabled: bool(
    'PROFILE_ENABLED',
    false,
    'Serve /debug/pprof/profile, heap and goroutine on PROFILE_ADDR.',
  ),
  profileAddr: listenAddressText(
    'PROFILE_ADDR',
    '127.0.0.1:6062',
    'Address and port of the profiler; it asks for no key. :PORT listens on SERVER_HOST.',
  ),
  profileCapture: bool(
    'PROFILE_CAPTURE',
    false,
    'Write CPU and heap profiles of the whole run to PROFILE_DIR.',
  ),
  profileDir: text('PROFILE_DIR', 'profiles', 'Folder of captured profiles.'),
  profileName: text('PROFILE_NAME', 'sightline', 'Name that captured profiles begin with.'),
};

const later = {
  kafkaBrokers: unavailable('KAFKA_BROKERS'),
};

/** The settings of this version by topic, in the order of help and docs. */
export const settingGroups = {
  Server: server,
  Database: database,
  Redis: redis,
  'Keys and limits': access,
  Ingest: ingest,
  'Stored data': data,
  'Exports and tails': streams,
  'Access logs': accessLogs,
  'Logs and metrics': operations,
} as const;

/**
 * Every setting, once: its name in the environment, its type and bounds, its default, and what it does.
 * Flags (`--max-batch-size`), YAML keys, help, docs/settings.md and the `Config` type all come from this table.
 */
export const settings = {
  ...server,
  ...database,
  ...redis,
  ...access,
  ...ingest,
  ...data,
  ...streams,
  ...accessLogs,
  ...operations,
  ...later,
};

type Settings = typeof settings;

/** The settings of a running process: read once, frozen. */
export type Config = {
  readonly [
    K in keyof Settings as Settings[K]['default'] extends undefined ? never : K
  ]: Settings[K]['default'];
};
