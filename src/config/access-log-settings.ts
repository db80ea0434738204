import { secretUrl } from './network-setting.js';
import { choice, int, seconds, text } from './setting.js';

/** What concerns access entries alone. */
export const accessLogs = {
  accessStore: choice(
    'ACCESS_STORE',
    'postgres',
    ['postgres', 'mysql'] as const,
    'Where access entries are stored. mysql and mariadb both mean MariaDB and need MYSQL_URL; a MySQL server is refused. Events and keys are always stored in PostgreSQL.',
    { mariadb: 'mysql' },
  ),
  mysqlUrl: secretUrl(
    'MYSQL_URL',
    ['mysql', 'mariadb'],
    'MariaDB (10.6 or later; not MySQL) for access entries: mysql://USER:PASSWORD@HOST:PORT/NAME, with optional parameters ssl-mode, ssl-ca and socket.',
  ),
  accessLogKeep: choice(
    'ACCESS_LOG_KEEP',
    'all',
    ['all', 'errors'] as const,
    'Which access entries are kept as rows; errors keeps those with a status of 400 or above. All are counted.',
  ),
  uniqueIps: choice(
    'UNIQUE_IPS',
    'exact',
    ['exact', 'approximate'] as const,
    'How the total of unique addresses is counted; approximate uses constant memory and is accurate to within 1 %.',
  ),
  ipTtlDays: int(
    'IP_TTL_DAYS',
    0,
    0,
    36_500,
    'Days after which an address that has not been seen again is forgotten; 0 keeps addresses forever.',
  ),
  accessCacheHourS: seconds(
    'ACCESS_STATS_CACHE_HOUR_SECONDS',
    120,
    0,
    86_400,
    'How long responses of GET /stats for the last hour are cached; 0 turns the cache off.',
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
    'Folder for the hourly files of access entries. Blank means DATA_DIR/archive with the embedded database, and no archive with an external one.',
  ),
  aggregationIntervalS: seconds(
    'AGGREGATION_INTERVAL_SECONDS',
    30,
    0.05,
    86_400,
    'How often the hourly files are updated.',
  ),
};
