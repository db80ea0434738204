import { secretUrl } from './network-setting.js';
import { choice, int, seconds, text } from './setting.js';

/** What concerns access entries alone. */
export const accessLogs = {
  accessStore: choice(
    'ACCESS_STORE',
    'postgres',
    ['postgres', 'mysql'] as const,
    'Where access entries are kept; mysql and mariadb are one, need MYSQL_URL, and mean MariaDB: a MySQL server is refused. Events and keys are always in PostgreSQL.',
    { mariadb: 'mysql' },
  ),
  mysqlUrl: secretUrl(
    'MYSQL_URL',
    ['mysql', 'mariadb'],
    'MariaDB (10.6 or later; not MySQL) for access entries: mysql://USER:PASSWORD@HOST:PORT/NAME; parameters ssl-mode, ssl-ca and socket.',
  ),
  accessLogKeep: choice(
    'ACCESS_LOG_KEEP',
    'all',
    ['all', 'errors'] as const,
    'Which access entries are kept as rows; errors keeps those with status 400 and more. All are counted.',
  ),
  uniqueIps: choice(
    'UNIQUE_IPS',
    'exact',
    ['exact', 'approximate'] as const,
    'How the total of unique addresses is counted; approximate takes constant memory and is within 1 %.',
  ),
  ipTtlDays: int(
    'IP_TTL_DAYS',
    0,
    0,
    36_500,
    'Days after which an address that was not seen again is forgotten; 0 keeps all.',
  ),
  accessCacheHourS: seconds(
    'ACCESS_STATS_CACHE_HOUR_SECONDS',
    120,
    0,
    86_400,
    'How long an answer of GET /stats for the last hour is kept; 0 keeps none.',
  ),
  accessCacheDayS: seconds('ACCESS_STATS_CACHE_DAY_SECONDS', 600, 0, 86_400, 'The same for the last day.'),
  accessCacheWeekS: seconds(
    'ACCESS_STATS_CACHE_WEEK_SECONDS',
    1800,
    0,
    86_400,
    'The same for the last week.',
  ),
  archiveDir: text(
    'ARCHIVE_DIR',
    '',
    'Folder of the hourly files of access entries; blank is DATA_DIR/archive with the embedded database, else none.',
  ),
  aggregationIntervalS: seconds(
    'AGGREGATION_INTERVAL_SECONDS',
    30,
    0.05,
    86_400,
    'How often the hourly files are brought up to date.',
  ),
};
