import { SCOPES, type Scope } from '../core/ports/api-key.js';
import { kafka } from './kafka-settings.js';
import {
  addressRanges,
  listenAddress,
  listenAddressText,
  origins,
  secretUrl,
  urlPath,
} from './network-setting.js';
import { bool, choice, int, list, number, numberOrOff, seconds, secret, text } from './setting.js';

const server = {
  port: int('PORT', 8080, [0, 65535], {
    help: 'Port to listen on; 0 picks a free one.',
    aliases: ['LOG_PORT', 'LOG_SERVER_PORT'],
  }),
  host: text('SERVER_HOST', '0.0.0.0', { help: 'Address to listen on.' }),
  httpAddr: listenAddress('HTTP_ADDR', {
    help: 'Address and port in one; PORT and SERVER_HOST take precedence.',
  }),
  dataDir: text('DATA_DIR', 'data', { help: 'Folder for the embedded database and the generated key.' }),
  workers: int('WORKERS', 1, [1, 256], { help: 'Number of server processes that share the port.' }),
  tlsCertFile: text('TLS_CERT_FILE', '', {
    help: 'PEM certificate (chain); together with TLS_KEY_FILE it turns on HTTPS.',
  }),
  tlsKeyFile: text('TLS_KEY_FILE', '', { help: 'PEM private key of the certificate.' }),
  requestTimeoutS: seconds('REQUEST_TIMEOUT_SECONDS', 30, [0.05, 3600], {
    help: 'Maximum duration of a request.',
    aliases: ['LOG_SERVER_READ_TIMEOUT', 'LOG_SERVER_WRITE_TIMEOUT', 'BATCH_TIMEOUT_SECONDS'],
  }),
  keepAliveS: seconds('KEEP_ALIVE_SECONDS', 620, [1, 86_400], {
    help: 'How long an idle connection is kept open. Set it above the idle timeout of a load balancer in front, which may otherwise send requests over a connection that was just closed.',
  }),
  maxConnections: int('MAX_CONNECTIONS', 5_000, [2, 1_000_000], {
    help: 'Maximum open connections per process; one address gets at most half of them. Beyond that, idle connections are closed first, then new ones.',
  }),
  shutdownTimeoutS: seconds('SHUTDOWN_TIMEOUT_SECONDS', 10, [0.1, 3600], {
    help: 'Maximum duration of a shutdown.',
  }),
  shutdownDelayS: seconds('SHUTDOWN_DELAY_SECONDS', 0, [0, 600], {
    help: 'On shutdown, how long readiness fails before the listener closes.',
  }),
};

const database = {
  databaseUrl: secretUrl('DATABASE_URL', ['postgres', 'postgresql'], {
    help: 'PostgreSQL to use instead of the embedded one: postgres://USER:PASSWORD@HOST:PORT/NAME.',
  }),
  dbHost: text('DB_HOST', '', {
    help: 'PostgreSQL host, or the directory of its socket, if DATABASE_URL is not set.',
  }),
  dbPort: int('DB_PORT', 5432, [1, 65535], { help: 'PostgreSQL port.' }),
  dbName: text('DB_NAME', 'sightline', { help: 'Database name.' }),
  dbUser: text('DB_USER', 'sightline', { help: 'Database user.' }),
  dbPassword: secret('DB_PASSWORD', { help: 'Password of the database user.' }),
  grafanaDbPassword: secret('GRAFANA_DB_PASSWORD', {
    help: 'Password to set for sightline_reader, the read-only user that Grafana connects as; blank leaves it unchanged.',
  }),
  dbSslMode: choice('DB_SSL_MODE', 'disable', ['disable', 'require', 'verify-ca', 'verify-full'] as const, {
    help: 'TLS to the database; the values mean the same as for sslmode in psql.',
  }),
  dbSslRootCert: text('DB_SSL_ROOT_CERT', '', {
    help: "PEM CA certificates that the database's certificate is verified against; blank means those that Node.js trusts.",
  }),
  dbMaxConnections: int('DB_MAX_CONNECTIONS', 10, [3, 1000], {
    help: 'Maximum connections per process: WORKER_POOL_SIZE for ingest, one or two for keys and health checks, the rest for queries.',
  }),
  dbMaxIdleConnections: int('DB_MAX_IDLE_CONNECTIONS', 10, [0, 1000], {
    help: 'Maximum idle query connections to keep open.',
  }),
  dbMaxLifetimeMinutes: int('DB_MAX_LIFETIME_MINUTES', 60, [1, 1440], {
    help: 'Age in minutes at which a connection is replaced.',
  }),
  ingestConnections: int('WORKER_POOL_SIZE', 2, [1, 100], {
    help: 'Database connections for ingest, and so concurrent flushes; at most DB_MAX_CONNECTIONS - 2.',
  }),
};

const redis = {
  redisUrl: secretUrl('REDIS_URL', ['redis', 'rediss'], {
    help: 'Redis that all processes share for rate limits and caching: redis://HOST:PORT/DB. Use a database number per installation.',
  }),
};

const access = {
  apiKeys: secret('API_KEYS', {
    help: 'Comma-separated keys to create at startup, each of 16 characters or more: KEY or NAME:PROJECT:SCOPES=KEY, with scopes joined by +.',
  }),
  sessionHours: number('SESSION_HOURS', 12, [0.0003, 8760], {
    help: 'How long a dashboard session lasts; it never outlives its key.',
  }),
  anonymousScopes: list<Scope>('ANONYMOUS_SCOPES', [], SCOPES, {
    help: 'Scopes granted to requests without a key.',
  }),
  keyStaleS: seconds('KEY_CACHE_STALE_SECONDS', 300, [0, 86_400], {
    help: 'How long known keys are still accepted while the database is unavailable.',
  }),
  keyRotation: bool('ENABLE_API_KEY_ROTATION', false, {
    help: 'Tell clients and admins which keys are due for rotation.',
  }),
  keyRotationIntervalH: number('API_KEY_ROTATION_INTERVAL_HOURS', 720, [0, 87_600], {
    help: 'Age in hours at which a key is due for rotation.',
  }),
  keyRotationGraceH: number('API_KEY_ROTATION_GRACE_HOURS', 72, [0, 8760], {
    help: 'How long the old key keeps working after a rotation.',
  }),
  rateLimitBurst: int('RATE_LIMIT_BURST', 100, [1, 1_000_000_000], {
    help: 'Burst size: requests that one key and client address may send at once.',
  }),
  rateLimitPerMinute: numberOrOff('RATE_LIMIT_REQUESTS_PER_MINUTE', 1000, [0.001, 1e12], {
    help: 'Requests per minute at which the burst refills; 0 turns rate limiting off.',
  }),
  trustedProxies: addressRanges('TRUSTED_PROXIES', {
    help: 'Proxies whose X-Forwarded-For, -Host and -Proto headers are trusted.',
  }),
  corsEnabled: bool('ENABLE_CORS', false, { help: 'Allow cross-origin requests from ALLOWED_ORIGINS.' }),
  allowedOrigins: list<string>('ALLOWED_ORIGINS', ['*'], null, {
    help: 'Origins allowed by CORS; * allows any.',
  }),
  beaconOrigins: origins('BEACON_ORIGINS', {
    help: 'Origins whose pages may send to /api/v1/beacon with a key in the query string; none turns the route off.',
  }),
};

const ingest = {
  maxBatchSize: int('MAX_BATCH_SIZE', 1000, [1, 100_000], { help: 'Maximum events per batch.' }),
  maxRequestMb: number('MAX_REQUEST_SIZE_MB', 10, [0.001, 512], {
    help: 'Maximum size of a request body, after decompression.',
  }),
  maxEventKb: number('MAX_EVENT_SIZE_KB', 256, [0.1, 16_384], { help: 'Maximum size of an event as JSON.' }),
  maxInFlightRecords: int('MAX_IN_FLIGHT_RECORDS', 20_000, [1, 10_000_000], {
    help: 'Maximum records received but not yet stored; beyond that, requests get a 503.',
  }),
  maxInFlightMb: number('MAX_IN_FLIGHT_MB', 48, [0.001, 65_536], {
    help: 'Maximum megabytes held by request bodies (from first byte to response) and by records not yet stored; beyond that, requests get a 503.',
  }),
  flushMaxRows: int('FLUSH_MAX_ROWS', 1000, [1, 50_000], { help: 'Maximum rows per transaction.' }),
  ingestMode: choice('INGEST_MODE', 'direct', ['direct', 'kafka'] as const, {
    help: 'How accepted records reach the store: at once, or through Kafka.',
  }),
};

const data = {
  retentionDays: int('RETENTION_DAYS', 90, [0, 36_500], {
    help: 'Days to keep events, counted from receipt; 0 keeps them forever.',
  }),
  auditDays: int('AUDIT_DAYS', 365, [0, 36_500], {
    help: 'Days to keep entries of the audit log; 0 keeps them forever.',
  }),
  rollupMaxNames: int('ROLLUP_MAX_NAMES', 10_000, [1, 10_000_000], {
    help: 'Distinct names, versions or providers counted individually per project and day, plus as many again of those seen in the week before; the rest are counted as (other).',
  }),
  countIntervalS: seconds('COUNT_INTERVAL_SECONDS', 10, [0.05, 3600], {
    help: 'How long a few records may wait until they are counted into the rollups; many are counted within a second. Answers have them at once, either way.',
  }),
  statsCacheS: seconds('STATS_CACHE_SECONDS', 10, [0, 3600], {
    help: 'How long responses of /metrics, /stats and /logs/filter are cached while nothing new is stored in their project; 0 turns the cache off.',
  }),
};

/** What concerns answers that go on for long: exports and tails. */
const streams = {
  maxExports: int('MAX_EXPORTS', 16, [1, 10_000], {
    help: 'Maximum concurrent exports per process; beyond that, requests get a 503. A project gets at most half of them.',
  }),
  maxTails: int('MAX_TAILS', 100, [1, 100_000], {
    help: 'Maximum concurrent live tails per process; beyond that, requests get a 503. A project gets at most half of them.',
  }),
  streamStallS: seconds('STREAM_STALL_SECONDS', 30, [0.1, 3600], {
    help: 'How long the client of an export or a tail may take to read what was sent last (at most 512 KiB) before the connection is cut.',
  }),
};

/** What concerns access entries alone. */
const accessLogs = {
  accessStore: choice('ACCESS_STORE', 'postgres', ['postgres', 'mysql'] as const, {
    help: 'Where access entries are stored. mysql and mariadb both mean MariaDB and need MYSQL_URL; a MySQL server is refused. Events and keys are always stored in PostgreSQL.',
    synonyms: { mariadb: 'mysql' },
  }),
  mysqlUrl: secretUrl('MYSQL_URL', ['mysql', 'mariadb'], {
    help: 'MariaDB (10.6 or later; not MySQL) for access entries: mysql://USER:PASSWORD@HOST:PORT/NAME, with optional parameters ssl-mode, ssl-ca and socket.',
  }),
  accessLogKeep: choice('ACCESS_LOG_KEEP', 'all', ['all', 'errors'] as const, {
    help: 'Which access entries are kept as rows; errors keeps those with a status of 400 or above. All are counted.',
  }),
  uniqueIps: choice('UNIQUE_IPS', 'exact', ['exact', 'approximate'] as const, {
    help: 'How the total of unique addresses is counted; approximate uses constant memory and is accurate to within 1 %.',
  }),
  ipTtlDays: int('IP_TTL_DAYS', 0, [0, 36_500], {
    help: 'Days after which an address that has not been seen again is forgotten; 0 keeps addresses forever.',
  }),
  accessCacheHourS: seconds('ACCESS_STATS_CACHE_HOUR_SECONDS', 120, [0, 86_400], {
    help: 'How long responses of GET /stats for the last hour are cached; 0 turns the cache off.',
  }),
  accessCacheDayS: seconds('ACCESS_STATS_CACHE_DAY_SECONDS', 600, [0, 86_400], {
    help: 'The same for the last day.',
  }),
  accessCacheWeekS: seconds('ACCESS_STATS_CACHE_WEEK_SECONDS', 1800, [0, 86_400], {
    help: 'The same for the last week.',
  }),
  archiveDir: text('ARCHIVE_DIR', '', {
    help: 'Folder for the hourly files of access entries. Blank means DATA_DIR/archive with the embedded database, and no archive with an external one.',
  }),
  aggregationIntervalS: seconds('AGGREGATION_INTERVAL_SECONDS', 30, [0.05, 86_400], {
    help: 'How often the hourly files are updated.',
  }),
};

const operations = {
  logLevel: choice('LOG_LEVEL', 'info', ['trace', 'debug', 'info', 'warn', 'error'] as const, {
    help: 'Lowest level that is logged.',
  }),
  requestLog: choice('REQUEST_LOG', 'errors', ['off', 'errors', 'all'] as const, {
    help: 'Which requests are logged: none, those answered with a status of 400 or above, or all.',
  }),
  metricsEnabled: bool('ENABLE_METRICS', true, { help: 'Serve Prometheus metrics.' }),
  metricsPath: urlPath('METRICS_PATH', '/metrics', { help: 'Path of the Prometheus metrics.' }),
  metricsRequireKey: bool('METRICS_REQUIRE_KEY', false, {
    help: 'Require a key with scope query to read the Prometheus metrics.',
  }),
  metricsPort: int('METRICS_PORT', 0, [0, 65535], {
    help: 'Port that serves the Prometheus metrics instead of PORT (9102 by convention); 0 serves them on PORT.',
    aliases: ['METRICS_SERVER_PORT'],
  }),
  dashboardEnabled: bool('ENABLE_DASHBOARD', true, { help: 'Serve the dashboard at /.' }),
  healthPath: urlPath('HEALTH_CHECK_PATH', '/health', { help: 'Path of the health report.' }),
  profileEnabled: bool('PROFILE_ENABLED', false, {
    help: 'Serve /debug/pprof/profile, heap and goroutine on PROFILE_ADDR.',
  }),
  profileAddr: listenAddressText('PROFILE_ADDR', '127.0.0.1:6062', {
    help: 'Address and port of the profiler, which requires no key. :PORT listens on SERVER_HOST.',
  }),
  profileCapture: bool('PROFILE_CAPTURE', false, {
    help: 'Write CPU and heap profiles of the whole run to PROFILE_DIR.',
  }),
  profileDir: text('PROFILE_DIR', 'profiles', { help: 'Folder for captured profiles.' }),
  profileName: text('PROFILE_NAME', 'sightline', { help: 'Prefix for the file names of captured profiles.' }),
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
  Kafka: kafka,
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
  ...kafka,
  ...operations,
};

type Settings = typeof settings;

/** The settings of a running process: read once, frozen. */
export type Config = {
  readonly [K in keyof Settings]: Settings[K]['default'];
};
