import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError } from './config-error.js';
import { findGiven, readNamedFile, type Given, type Layer, yamlLayer } from './layer.js';
import type { Setting } from './setting.js';
import { settings, type Config } from './settings.js';
import { GONE, goneSetting, unusedSetting } from './unused-settings.js';

type Values = Readonly<Record<string, string | undefined>>;

export interface ConfigInput {
  /** By the setting's name in the environment; `CONFIG_FILE` for `--config`. */
  flags: Values;
  env: Values;
  /** The text of `.env`, null where there is none. */
  dotEnv: string | null;
  /** @throws an error with the system's `code`. */
  readFile(path: string): string;
}

const table = Object.entries(settings) as [string, Setting<unknown>][];

/**
 * The settings of a process: flags, then the environment, then `.env`, then the YAML of CONFIG_FILE, then defaults.
 * @throws ConfigError for the first setting that is wrong.
 */
export function loadConfig(input: ConfigInput): Config {
  const layers = layersOf(input);
  refuseGone(layers);
  const given = new Map<string, Given>();
  const config: Record<string, unknown> = {};
  for (const [key, setting] of table) {
    const found = findGiven(layers, setting, (path) => input.readFile(path));
    if (found) given.set(setting.env, found);
    config[key] = Object.freeze(found ? parse(setting, found) : setting.default);
  }
  applyHttpAddr(config as Mutable<Config>, given);
  const frozen = Object.freeze(config) as Config;
  crossCheck(frozen, (name) => given.get(name)?.source);
  return frozen;
}

function refuseGone(layers: readonly Layer[]): void {
  for (const { name: source, values } of layers) {
    const gone = goneSetting(Object.keys(values));
    if (gone) throw new ConfigError(gone.name, source, gone.problem);
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function layersOf(input: ConfigInput): Layer[] {
  const layers: Layer[] = [
    { name: 'flag', values: input.flags },
    { name: 'environment', values: input.env },
  ];
  if (input.dotEnv !== null) layers.push({ name: '.env', values: parseEnv(input.dotEnv) });
  for (const { name, values } of layers) {
    const path = values.CONFIG_FILE;
    if (path === undefined || path === '') continue;
    const content = readNamedFile('CONFIG_FILE', name, path, (file) => input.readFile(file));
    return [...layers, yamlLayer(content, name, yamlNames())];
  }
  return layers;
}

function yamlNames(): Set<string> {
  const names = table.flatMap(([, setting]) => {
    const own = [setting.env, ...setting.aliases];
    return setting.secret ? [...own, ...own.map((name) => `${name}_FILE`)] : own;
  });
  return new Set([...names, ...Object.keys(GONE)]);
}

function parse(setting: Setting<unknown>, given: Given): unknown {
  try {
    return setting.parse(given.raw);
  } catch (error) {
    throw new ConfigError(given.name, given.source, (error as Error).message);
  }
}

// HTTP_ADDR applies only where neither of the two is set.
function applyHttpAddr(config: Mutable<Config>, given: ReadonlyMap<string, Given>): void {
  if (!config.httpAddr) return;
  if (!given.has('PORT')) config.port = config.httpAddr.port;
  if (!given.has('SERVER_HOST') && config.httpAddr.host !== '') config.host = config.httpAddr.host;
}

/** Reads the settings of this process; the only place that looks into its environment. @throws ConfigError */
export function readConfig(flags: Readonly<Record<string, string | undefined>>): Config {
  return loadConfig({
    flags,
    env: process.env,
    dotEnv: readDotEnv(),
    readFile: (path) => readFileSync(path, 'utf8'),
  });
}

function readDotEnv(): string | null {
  try {
    return readFileSync('.env', 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT') return null;
    throw new ConfigError('.env', 'working directory', `cannot be read: ${code}`);
  }
}

/** Checks that involve several settings. `sourceOf` says where a setting came from, if it was given. @throws ConfigError */
function crossCheck(config: Config, sourceOf: (name: string) => string | undefined): void {
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
  if (config.ingestMode === 'kafka' && config.kafkaBrokers.length === 0) {
    refuse('INGEST_MODE', 'needs KAFKA_BROKERS for kafka');
  }
  const topics = [
    config.kafkaEventsTopic,
    config.kafkaAccessTopic,
    ...config.kafkaSources.map((s) => s.topic),
  ];
  if (new Set(topics).size < topics.length) {
    const own = config.kafkaEventsTopic === config.kafkaAccessTopic;
    refuse(own ? 'KAFKA_ACCESS_TOPIC' : 'KAFKA_SOURCES', 'must not name a topic twice');
  }
  if (config.kafkaSaslMechanism !== 'none' && config.kafkaSaslUsername === '') {
    refuse('KAFKA_SASL_MECHANISM', 'needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD');
  }
  if ((config.kafkaTlsCertFile === '') !== (config.kafkaTlsKeyFile === '')) {
    const given = config.kafkaTlsCertFile === '' ? 'KAFKA_TLS_KEY_FILE' : 'KAFKA_TLS_CERT_FILE';
    refuse(given, 'KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE go together');
  }
  const unused = unusedSetting(config, (name) => sourceOf(name) !== undefined);
  if (unused) refuse(unused.name, unused.problem);
}
