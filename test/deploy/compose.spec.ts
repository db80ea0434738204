import { existsSync, globSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Setting } from '../../src/config/setting.js';
import { settings } from '../../src/config/settings.js';
import {
  complaintsOf,
  composeOf,
  environmentOf,
  interpolated,
  variablesOf,
  type Compose,
  type Env,
} from './kit/compose.js';
import { yamlFile } from './kit/files.js';
import { configOf, isSetting } from './kit/known-settings.js';

const all = Object.entries(settings) as [string, Setting<unknown>][];

/** What docker-compose.yml decides itself, whatever .env says: addresses and folders of its own. README.md names them. */
const DECIDED =
  'DATA_DIR DB_HOST DB_PORT HTTP_ADDR METRICS_PORT MYSQL_URL PORT PROFILE_ADDR REDIS_URL SERVER_HOST'.split(
    ' ',
  );
/** These would contradict others, or need files that are not there. */
const ELSEWHERE = 'DATABASE_URL DB_SSL_MODE DB_SSL_ROOT_CERT TLS_CERT_FILE TLS_KEY_FILE'.split(' ');
/** Something else than the default, where it cannot be made of the default. */
const OTHER: Record<string, string> = {
  ACCESS_LOG_KEEP: 'errors',
  ACCESS_STORE: 'mysql',
  ANONYMOUS_SCOPES: 'ingest',
  API_KEYS: 'ops:default:admin=0123456789abcdef',
  HEALTH_CHECK_PATH: '/up',
  INGEST_MODE: 'kafka',
  IP_TTL_DAYS: '0',
  KAFKA_ACCESS_TOPIC: 'other.access',
  KAFKA_BROKERS: 'other:9092',
  KAFKA_SASL_MECHANISM: 'plain',
  KAFKA_SOURCES: 'raw-logs=lines',
  LOG_LEVEL: 'debug',
  METRICS_PATH: '/prom',
  REQUEST_LOG: 'all',
  TRUSTED_PROXIES: '10.0.0.0/8',
  UNIQUE_IPS: 'approximate',
};

function otherThan({ env, default: fallback }: Setting<unknown>): string {
  if (env in OTHER) return OTHER[env];
  if (Array.isArray(fallback)) return 'https://other.example.org';
  if (typeof fallback === 'boolean') return String(!fallback);
  return typeof fallback === 'number' ? String(fallback + 1) : 'other';
}

/** A .env that says something else than the default of every setting. */
const DOT_ENV = all
  .filter(([, { env }]) => !ELSEWHERE.includes(env))
  .map(([, setting]) => `${setting.env}=${otherThan(setting)}`)
  .join('\n');
const EVERYTHING = parseEnv(DOT_ENV) as Env;

const FILES: Record<string, string> = {
  '/run/passwords/database': 'other',
  '/run/passwords/grafana-reader': 'other',
  '/run/passwords/mysql-url': 'mysql://sightline:other@mariadb:3306/sightline',
};
const fileOf = (path: string) => FILES[path];

const ways: [string, Env, string | null][] = [
  ['nothing set', {}, null],
  ['all set', EVERYTHING, DOT_ENV],
];

const mountsOf = ({ services }: Compose) =>
  Object.values(services)
    .flatMap(({ volumes = [] }) => volumes)
    .map((mount) => mount.split(':'));

describe.each(ways)('compose: %s', (_, env, dotEnv) => {
  const compose = composeOf(env);
  const { services } = compose;

  it('is as the Compose specification says', () => {
    expect(complaintsOf(compose)).toEqual([]);
  });

  it.each(['sightline', 'worker', 'archive'])('gives %s settings that it knows and takes', (name) => {
    const service = services[name];
    expect(Object.keys(service.environment!).filter((variable) => !isSetting(variable))).toEqual([]);
    const config = configOf(environmentOf(service, dotEnv), fileOf);
    const graceS = Number(service.stop_grace_period!.replace('s', ''));
    expect(graceS).toBeGreaterThan(config.shutdownDelayS + config.shutdownTimeoutS);
  });

  it('publishes the ports that the server listens on', () => {
    const config = configOf(environmentOf(services.sightline, dotEnv), fileOf);
    const listened = [config.port, config.metricsPort, config.profileAddr.split(':')[1]].map(String);
    expect(services.sightline.ports!.map((port) => port.split(':').at(-1))).toEqual(listened);
    expect([config.host, config.profileAddr.split(':')[0]]).toEqual(['0.0.0.0', '0.0.0.0']);
  });

  it('reaches services that there are', () => {
    const { DB_HOST, REDIS_URL } = environmentOf(services.sightline, dotEnv);
    const waitedFor = Object.values(services).flatMap(({ depends_on = {} }) => Object.keys(depends_on));
    const handedTo = Object.values(services).flatMap(({ environment = {} }) => environment.TO_HOST ?? []);
    const asked = [DB_HOST, new URL(REDIS_URL).hostname, ...waitedFor, ...handedTo];
    expect(asked.filter((name) => !(name in services))).toEqual([]);
  });

  it('mounts files that there are, in volumes that are declared and used', () => {
    const sources = mountsOf(compose).map(([source]) => source);
    const files = sources.filter((source) => source.startsWith('./'));
    const volumes = sources.filter((source) => /^\w/.test(source));
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
    expect([...new Set(volumes)].sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  it('pins every image to a version and its digest', () => {
    const images = Object.values(services).flatMap(({ build, image }) => (build ? [] : [image]));
    expect(images.filter((image) => !/:v?\d+\.\d+(\.\d+)?@sha256:[0-9a-f]{64}$/.test(image!))).toEqual([]);
  });
});

describe('.env', () => {
  const { sightline } = composeOf(EVERYTHING).services;
  const given = configOf(environmentOf(sightline, DOT_ENV), fileOf) as Record<string, unknown>;
  const defaults = configOf({}) as Record<string, unknown>;
  const reaching = all.filter(([, { env }]) => env in EVERYTHING && !DECIDED.includes(env));

  it.each(reaching)('reaches the server: %s', (key, setting) => {
    expect(given[key]).toEqual(setting.parse(EVERYTHING[setting.env]));
    // What has one value, or none that goes with the others, arrives all the same.
    if (setting.env !== 'IP_TTL_DAYS') expect(given[key]).not.toEqual(defaults[key]);
  });

  it('is named in the README where it cannot', () => {
    const readme = readFileSync('README.md', 'utf8');
    const decided = all
      .filter(([key, { env }]) => env in EVERYTHING && String(given[key]) !== EVERYTHING[env])
      .map(([, { env }]) => env)
      .filter((name) => DECIDED.includes(name));
    expect(decided.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  it('says where the server is published, in any name that a port has', () => {
    const portsOf = (env: Env) => composeOf(env).services.sightline.ports!.slice(0, 2);
    expect(portsOf({})).toEqual(['8080:8080', '127.0.0.1:9102:9102']);
    expect(portsOf({ PORT: '9000', SERVER_HOST: '10.0.0.1', METRICS_PORT: '9300' })).toEqual([
      '10.0.0.1:9000:8080',
      '127.0.0.1:9300:9102',
    ]);
    expect(portsOf({ LOG_SERVER_PORT: '9000', METRICS_SERVER_PORT: '9300' })).toEqual([
      '9000:8080',
      '127.0.0.1:9300:9102',
    ]);
  });

  it('is of the archive where that is a service of its own, and of the server where that has one', () => {
    const intervalIn = (env: Env) => {
      const { sightline: server, archive } = composeOf(env).services;
      return [server, archive].map(({ environment }) => environment!.AGGREGATION_INTERVAL_SECONDS);
    };
    expect(intervalIn({ AGGREGATION_INTERVAL_SECONDS: '5' })).toEqual(['', '5']);
    expect(intervalIn({ AGGREGATION_INTERVAL_SECONDS: '5', ARCHIVE_DIR: '/data/archive' })).toEqual([
      '5',
      '5',
    ]);
  });

  it('names the database and its user once for all who use them', () => {
    const { postgres, grafana } = composeOf(EVERYTHING).services;
    expect(postgres.environment).toMatchObject({ POSTGRES_DB: 'other', POSTGRES_USER: 'other' });
    expect(postgres.healthcheck!.test.join(' ')).toContain('-U other -d other');
    expect(grafana.environment).toMatchObject({ DB_NAME: 'other' });
    expect(sightline.environment).toMatchObject({ DB_NAME: 'other', DB_USER: 'other' });
  });
});

describe('compose', () => {
  const { services } = composeOf({});

  it('refuses what the specification does not know', () => {
    expect(complaintsOf({ services: { a: { imagee: 'b' } } })).not.toEqual([]);
    expect(complaintsOf({ services: { a: { image: 'b', stop_grace_period: 'soon' } } })).not.toEqual([]);
    expect(complaintsOf({ services: { a: { image: 'b', env_file: [{ paht: '.env' }] } } })).not.toEqual([]);
  });

  it('starts the server, PostgreSQL and Redis; each profile starts more, and is named in the README', () => {
    const entries = Object.entries(services);
    const plain = entries.filter(([, { profiles }]) => !profiles).map(([name]) => name);
    expect(plain.sort()).toEqual(['passwords', 'postgres', 'redis', 'sightline']);
    const optional = entries.flatMap(([name, { profiles = [] }]) =>
      profiles.map((profile) => `${profile}: ${name}`),
    );
    expect(optional.sort()).toEqual([
      'archive: archive',
      'database: database-port',
      'generator: generator',
      'kafka: kafka',
      'kafka: worker',
      'loki: alloy',
      'loki: loki',
      'monitoring: grafana',
      'monitoring: prometheus',
      'mysql: mariadb',
      'redis: redis-port',
    ]);
    const readme = readFileSync('README.md', 'utf8');
    const profiles = optional.map((line) => line.split(':')[0]);
    expect(profiles.filter((profile) => !readme.includes(`\`${profile}\``))).toEqual([]);
  });

  it('publishes nothing but the server beyond this machine, and what the README says', () => {
    const ports = Object.entries(services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => ({ name, port })),
    );
    const open = ports.filter(({ port }) => !port.startsWith('127.0.0.1:'));
    expect(open).toEqual([{ name: 'sightline', port: '8080:8080' }]);
    const readme = readFileSync('README.md', 'utf8');
    const shown = ports.map(({ port }) => port.replace(/:\d+$/, ''));
    expect(shown.filter((port) => !readme.includes(`\`${port}\``))).toEqual([]);
  });

  it('sets of the other images what they have', () => {
    const prefixes: Record<string, RegExp> = {
      passwords: /^(POSTGRES|GRAFANA_DB|GRAFANA_ADMIN)_PASSWORD$/,
      postgres: /^POSTGRES_(DB|USER|PASSWORD_FILE)$/,
      kafka: /^(CLUSTER_ID|KAFKA_[A-Z_]+)$/,
      mariadb: /^MARIADB_(DATABASE|USER|PASSWORD_FILE|RANDOM_ROOT_PASSWORD)$/,
      grafana: /^GF_[A-Z]+_[A-Z_]+$/,
      generator: /^GENERATOR_(KEY|RPS)$/,
      'database-port': /^TO_(HOST|PORT)$/,
      'redis-port': /^TO_(HOST|PORT)$/,
    };
    const asked = [...globSync('grafana/provisioning/**/*.yml'), 'loki/config.alloy'].flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      return [...variablesOf(text), ...[...text.matchAll(/sys\.env\("(\w+)"\)/g)].map(([, name]) => name)];
    });
    const { sightline: _server, worker: _worker, archive: _archive, ...others } = services;
    const given = Object.entries(others).flatMap(([name, { environment = {} }]) =>
      Object.keys(environment).filter((variable) => !prefixes[name]?.test(variable)),
    );
    // Grafana's own password comes from a file, by its command.
    const exported = [...services.grafana.command!.join().matchAll(/export (\w+)/g)].map(([, name]) => name);
    expect([...new Set([...given, ...exported])].sort()).toEqual([...new Set(asked)].sort());
  });
});

describe('what watches the server', () => {
  const { services } = composeOf({});

  it('is scraped where it serves its metrics', () => {
    interface Scrape {
      metrics_path?: string;
      static_configs?: { targets: string[] }[];
    }
    const { scrape_configs } = yamlFile<{ scrape_configs: Scrape[] }>('prometheus/prometheus.yml');
    const target = `sightline:${services.sightline.environment!.METRICS_PORT}`;
    const own = scrape_configs.filter(({ static_configs = [] }) =>
      static_configs.some(({ targets }) => targets.includes(target)),
    );
    expect(own.map(({ metrics_path = '/metrics' }) => metrics_path)).toEqual([configOf({}).metricsPath]);
  });

  it('has Loki where Grafana and Alloy look for it', () => {
    const { server } = yamlFile<{ server: { http_listen_port: number } }>('loki/loki.yml');
    const url = `http://loki:${server.http_listen_port}`;
    const { grafana, alloy } = services;
    expect([grafana.environment!.LOKI_URL, alloy.environment!.LOKI_URL]).toEqual([url, url]);
    expect(readFileSync('loki/config.alloy', 'utf8')).toContain('sys.env("LOKI_URL") + "/loki/api/v1/push"');
  });

  it('opens on a dashboard that there is', () => {
    const home = String(services.grafana.environment!.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH);
    const mount = services.grafana
      .volumes!.map((text) => text.split(':'))
      .find(([, to]) => home.startsWith(to))!;
    expect(existsSync(home.replace(mount[1], mount[0]))).toBe(true);
  });

  it('ships lines of JSON only: what is printed for a terminal has a key in it', () => {
    const [, expression] = /stage\.drop \{\s*expression = "([^"]+)"/.exec(
      readFileSync('loki/config.alloy', 'utf8'),
    )!;
    const drop = new RegExp(expression);
    const shipped = ['{"level":"info","msg":"listening"}', '', '  API key: sl_…', 'Sightline 1'].filter(
      (line) => !drop.test(line),
    );
    expect(shipped).toEqual(['{"level":"info","msg":"listening"}']);
  });
});

it('interpolates as Compose does', () => {
  expect(interpolated('${A}-${B:-b}-${A:-x}-$$C', { A: 'a' })).toBe('a-b-a-$C');
  expect(interpolated('${A:+${A}:}${B:-${C:-${A:-d}}}', { A: 'a' })).toBe('a:a');
  expect(interpolated('${A:+${A}:}${B:-${C:-${A:-d}}}', {})).toBe('d');
  expect(() => interpolated('${A:?give it}', {})).toThrow('A is missing: give it');
  expect(() => interpolated('$A', {})).toThrow('not understood');
});
