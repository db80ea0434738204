import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { complaintsOf, composeOf, interpolated, variablesOf, type Compose, type Env } from './kit/compose.js';
import { yamlFile } from './kit/files.js';
import { configOf, isSetting } from './kit/known-settings.js';

const SERVER = 'docker-compose.yml';
const MONITORING = 'docker-compose.monitoring.yml';
const PASSWORDS: Env = { GRAFANA_DB_PASSWORD: 'a', GRAFANA_ADMIN_PASSWORD: 'b' };
const EVERYTHING: Env = {
  ...PASSWORDS,
  ACCESS_STORE: 'mysql',
  API_KEYS: 'ops:default:admin=0123456789abcdef',
  LOG_LEVEL: 'debug',
  PORT: '9000',
  POSTGRES_PASSWORD: 'c',
  RETENTION_DAYS: '30',
  TRUSTED_PROXIES: '10.0.0.0/8',
  WORKERS: '2',
};

const ways: [string, string[], Env][] = [
  ['the server, nothing set', [SERVER], {}],
  ['the server, all set', [SERVER], EVERYTHING],
  ['with monitoring', [SERVER, MONITORING], PASSWORDS],
  ['with monitoring, all set', [SERVER, MONITORING], EVERYTHING],
];

const textOf = (env: Record<string, string | number> = {}) =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));

const mountsOf = ({ services }: Compose) =>
  Object.values(services)
    .flatMap(({ volumes = [] }) => volumes)
    .map((mount) => mount.split(':'));

describe.each(ways)('compose: %s', (_, files, env) => {
  const compose = composeOf(files, env);
  const { sightline } = compose.services;

  it('is as the Compose specification says', () => {
    expect(complaintsOf(compose)).toEqual([]);
  });

  it('gives the server settings that it knows and takes, and serves the ports that it names', () => {
    expect(Object.keys(sightline.environment!).filter((name) => !isSetting(name))).toEqual([]);
    const { MYSQL_URL_FILE: _file, ...rest } = textOf(sightline.environment);
    const config = configOf({ ...rest, MYSQL_URL: 'mysql://sightline:x@mariadb:3306/sightline' }, 'password');
    const named = [...sightline.ports!.map((port) => port.split(':').at(-1)), ...sightline.expose!];
    expect(named).toEqual([String(config.port), String(config.metricsPort)]);
    expect(config.accessStore).toBe(env.ACCESS_STORE ?? 'postgres');
    const graceS = Number(sightline.stop_grace_period!.replace('s', ''));
    expect(graceS).toBeGreaterThan(config.shutdownDelayS + config.shutdownTimeoutS);
  });

  it('reaches services that there are', () => {
    const { DB_HOST, REDIS_URL } = textOf(sightline.environment);
    const waitedFor = Object.values(compose.services).flatMap(({ depends_on = {} }) =>
      Object.keys(depends_on),
    );
    const asked = [DB_HOST, new URL(REDIS_URL).hostname, ...waitedFor];
    expect(asked.filter((name) => !(name in compose.services))).toEqual([]);
  });

  it('mounts files that there are, in volumes that are declared and used', () => {
    const sources = mountsOf(compose).map(([source]) => source);
    const files = sources.filter((source) => source.startsWith('./'));
    const volumes = sources.filter((source) => /^\w/.test(source));
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
    expect([...new Set(volumes)].sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  it('pins every image to a version and its digest', () => {
    const images = Object.values(compose.services).flatMap(({ build, image }) => (build ? [] : [image]));
    expect(images.filter((image) => !/:v?\d+\.\d+(\.\d+)?@sha256:[0-9a-f]{64}$/.test(image!))).toEqual([]);
  });
});

describe('compose', () => {
  it('refuses what the specification does not know', () => {
    expect(complaintsOf({ services: { a: { imagee: 'b' } } })).not.toEqual([]);
    expect(complaintsOf({ services: { a: { image: 'b', stop_grace_period: 'soon' } } })).not.toEqual([]);
  });

  it('asks for the passwords of monitoring, and for nothing else', () => {
    expect(() => composeOf([SERVER, MONITORING], {})).toThrow(/GRAFANA_\w+ is missing/);
  });

  it('starts MariaDB and Loki only when they are asked for', () => {
    const { services } = composeOf([SERVER, MONITORING], PASSWORDS);
    const optional = Object.entries(services).flatMap(([name, { profiles = [] }]) =>
      profiles.map((profile) => `${profile}: ${name}`),
    );
    expect(optional.sort()).toEqual(['loki: alloy', 'loki: loki', 'mysql: mariadb']);
  });

  it('publishes nothing but the server beyond this machine', () => {
    const { services } = composeOf([SERVER, MONITORING], PASSWORDS);
    const open = Object.entries(services).filter(([, { ports = [] }]) =>
      ports.some((port) => !port.startsWith('127.0.0.1:')),
    );
    expect(open.map(([name]) => name)).toEqual(['sightline']);
  });

  it('sets of the other images what they have', () => {
    const { services } = composeOf([SERVER, MONITORING], EVERYTHING);
    const prefixes: Record<string, RegExp> = {
      passwords: /^POSTGRES_PASSWORD$/,
      postgres: /^POSTGRES_(DB|USER|PASSWORD_FILE)$/,
      mariadb: /^MARIADB_(DATABASE|USER|PASSWORD_FILE|RANDOM_ROOT_PASSWORD)$/,
      grafana: /^GF_[A-Z]+_[A-Z_]+$/,
    };
    const asked = [...globSync('grafana/provisioning/**/*.yml'), 'loki/config.alloy'].flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      return [...variablesOf(text), ...[...text.matchAll(/sys\.env\("(\w+)"\)/g)].map(([, name]) => name)];
    });
    const { sightline: _own, ...others } = services;
    const given = Object.entries(others).flatMap(([name, { environment = {} }]) =>
      Object.keys(environment).filter((variable) => !prefixes[name]?.test(variable)),
    );
    expect([...new Set(given)].sort()).toEqual([...new Set(asked)].sort());
  });
});

describe('what watches the server', () => {
  const { services } = composeOf([SERVER, MONITORING], PASSWORDS);
  const metricsPort = textOf(services.sightline.environment).METRICS_PORT;

  it('is scraped where it serves its metrics', () => {
    interface Scrape {
      metrics_path?: string;
      static_configs?: { targets: string[] }[];
    }
    const { scrape_configs } = yamlFile<{ scrape_configs: Scrape[] }>('prometheus/prometheus.yml');
    const own = scrape_configs.filter(({ static_configs = [] }) =>
      static_configs.some(({ targets }) => targets.includes(`sightline:${metricsPort}`)),
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

describe('the passwords', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sightline-passwords-'));
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  afterAll(() => rmSync(folder, { recursive: true }));

  const make = (given: string) => {
    const [script] = composeOf([SERVER], {}).services.passwords.command!;
    const { status, stderr } = spawnSync('sh', ['-euc', script.replace('/run/passwords', folder)], {
      env: { PATH: process.env.PATH, POSTGRES_PASSWORD: given },
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    return read('database');
  };

  it('are made once, long and random', () => {
    const password = make('');
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect(make('')).toBe(password);
    expect(make('other')).toBe(password);
  });

  it('may be given, with any sign', () => {
    rmSync(path.join(folder, 'database'));
    expect(make('p@ss/wörd #1')).toBe('p@ss/wörd #1');
    expect(decodeURIComponent(new URL(read('mysql-url')).password)).toBe('p@ss/wörd #1');
    expect(configOf({ MYSQL_URL: read('mysql-url'), ACCESS_STORE: 'mysql' }).mysqlUrl).toBe(
      read('mysql-url'),
    );
  });
});

it('interpolates as Compose does', () => {
  expect(interpolated('${A}-${B:-b}-${A:-x}-$$C', { A: 'a' })).toBe('a-b-a-$C');
  expect(() => interpolated('$A', {})).toThrow('not understood');
});
