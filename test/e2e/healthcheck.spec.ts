import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROGRAM_ENV, freePort, startServer, type TestServer } from '../support/server.js';

let dir: string;
let server: TestServer | undefined;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'sightline-healthcheck-'));
  const [key, cert] = [join(dir, 'key'), join(dir, 'cert')];
  const subject = ['-subj', '/CN=a', '-days', '2', '-nodes', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...subject], { stdio: 'ignore' });
});

afterAll(async () => {
  await server?.stop();
  rmSync(dir, { recursive: true });
});

/** The exit code of the image's check with these settings, as the container has them for its server. */
function check(env: Record<string, string>, ...args: string[]): number {
  const script = resolve('scripts/healthcheck.mjs');
  try {
    execFileSync(process.execPath, [script, ...args], {
      env: { ...PROGRAM_ENV, ...env },
      cwd: dir,
      stdio: 'pipe',
    });
    return 0;
  } catch (error) {
    return (error as { status: number }).status;
  }
}

describe('finds the server', () => {
  let port: string;

  beforeAll(async () => {
    port = String(await freePort());
    writeFileSync(join(dir, 'settings.yaml'), `port: ${port}\n`);
    server = await startServer({ env: { PORT: port } });
  });

  it.each([
    ['PORT', () => ({ PORT: port })],
    ['an alias', () => ({ LOG_PORT: port })],
    ['HTTP_ADDR', () => ({ HTTP_ADDR: `:${port}` })],
    ['a configuration file', () => ({ CONFIG_FILE: join(dir, 'settings.yaml') })],
  ] satisfies [string, () => Record<string, string>][])('by %s', async (_, settings) => {
    expect(check(settings())).toBe(0);
    expect(check({ PORT: String(await freePort()) })).toBe(1);
  });

  it('at the port of a worker, where one is asked for', async () => {
    const other = String(await freePort());
    expect(check({ WORKER_PORT: port, PORT: other, KAFKA_BROKERS: 'kafka:9092' }, 'worker')).toBe(0);
    expect(check({ WORKER_PORT: other, PORT: port, KAFKA_BROKERS: 'kafka:9092' }, 'worker')).toBe(1);
  });
});

it('finds it by the address that it listens on, and over TLS', async () => {
  await server?.stop();
  const port = String(await freePort());
  const tls = { TLS_CERT_FILE: join(dir, 'cert'), TLS_KEY_FILE: join(dir, 'key') };
  server = await startServer({ env: { PORT: port, SERVER_HOST: '127.0.0.1', ...tls }, tls: true });
  expect(check({ PORT: port, SERVER_HOST: '127.0.0.1', ...tls })).toBe(0);
  expect(check({ PORT: port, SERVER_HOST: '127.0.0.2', ...tls })).toBe(1);
  expect(check({ PORT: port, SERVER_HOST: '127.0.0.1' })).toBe(1);
});
