import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { PROGRAM_ENV, freePort, startServer, type TestServer } from '../support/server.js';

let dir: string;
let server: TestServer | undefined;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'sightline-healthcheck-'));
  const [key, cert] = [join(dir, 'key'), join(dir, 'cert')];
  const subject = ['-subj', '/CN=a', '-days', '2', '-nodes', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...subject], { stdio: 'ignore' });
});

afterAll(() => rmSync(dir, { recursive: true }));

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** The exit code of the image's check with these settings, as the container has them for its server. */
function check(env: Record<string, string>): number {
  const script = resolve('scripts/healthcheck.mjs');
  try {
    execFileSync(process.execPath, [script], { env: { ...PROGRAM_ENV, ...env }, cwd: dir, stdio: 'pipe' });
    return 0;
  } catch (error) {
    return (error as { status: number }).status;
  }
}

it.each([
  ['PORT', (port) => ({ PORT: port })],
  ['an alias', (port) => ({ LOG_PORT: port })],
  ['HTTP_ADDR', (port) => ({ HTTP_ADDR: `:${port}` })],
  ['a configuration file', () => ({ CONFIG_FILE: join(dir, 'settings.yaml') })],
] satisfies [string, (port: string) => Record<string, string>][])(
  'finds the server by %s',
  async (_, settings) => {
    const port = await freePort();
    writeFileSync(join(dir, 'settings.yaml'), `port: ${port}\n`);
    server = await startServer({ env: { PORT: String(port) } });
    expect(check(settings(String(port)))).toBe(0);
    expect(check({ PORT: String(await freePort()) })).toBe(1);
  },
);

it('finds it by the address that it listens on, and over TLS', async () => {
  const port = String(await freePort());
  const tls = { TLS_CERT_FILE: join(dir, 'cert'), TLS_KEY_FILE: join(dir, 'key') };
  server = await startServer({ env: { PORT: port, SERVER_HOST: '127.0.0.1', ...tls }, tls: true });
  expect(check({ PORT: port, SERVER_HOST: '127.0.0.1', ...tls })).toBe(0);
  expect(check({ PORT: port, SERVER_HOST: '127.0.0.2', ...tls })).toBe(1);
  expect(check({ PORT: port, SERVER_HOST: '127.0.0.1' })).toBe(1);
});
