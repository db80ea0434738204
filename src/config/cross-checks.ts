import { ConfigError } from './config-error.js';
import type { Config } from './settings.js';
import { unusedSetting } from './unused-settings.js';

/** Checks what no setting can tell alone. `sourceOf` gives where a setting came from, if it was given. @throws ConfigError */
export function crossCheck(config: Config, sourceOf: (name: string) => string | undefined): void {
  const refuse = (name: string, problem: string): never => {
    throw new ConfigError(name, sourceOf(name) ?? 'default', problem);
  };
  if (config.tlsCertFile !== '' && config.tlsKeyFile === '') refuse('TLS_CERT_FILE', 'needs TLS_KEY_FILE');
  if (config.tlsKeyFile !== '' && config.tlsCertFile === '') refuse('TLS_KEY_FILE', 'needs TLS_CERT_FILE');
  if (config.ingestConnections >= config.dbMaxConnections) {
    refuse('WORKER_POOL_SIZE', 'must be less than DB_MAX_CONNECTIONS: queries need connections too');
  }
  if (config.databaseUrl !== '' && config.dbHost !== '') {
    refuse('DB_HOST', 'cannot be given together with DATABASE_URL');
  }
  if (config.dbSslMode === 'verify-ca' && config.dbSslRootCert === '') {
    refuse('DB_SSL_MODE', 'needs DB_SSL_ROOT_CERT for verify-ca');
  }
  if (config.accessStore === 'mysql' && config.mysqlUrl === '') refuse('ACCESS_STORE', 'needs MYSQL_URL');
  if (config.uniqueIps === 'approximate' && config.ipTtlDays > 0) {
    refuse('IP_TTL_DAYS', 'needs UNIQUE_IPS=exact: a sketch cannot forget an address');
  }
  if (config.metricsPort !== 0 && config.metricsPort === config.port) {
    refuse('METRICS_PORT', 'must differ from PORT');
  }
  if (config.metricsEnabled && config.metricsPath === config.healthPath) {
    refuse('METRICS_PATH', 'must differ from HEALTH_CHECK_PATH');
  }
  if (config.requestLog === 'all' && ['warn', 'error'].includes(config.logLevel)) {
    refuse('REQUEST_LOG', 'needs LOG_LEVEL=info or lower: successful requests are logged at info');
  }
  const unused = unusedSetting(config, (name) => sourceOf(name) !== undefined);
  if (unused) refuse(unused.name, unused.problem);
}
