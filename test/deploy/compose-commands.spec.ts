import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/services/free-port.mjs';
import { composeOf } from './kit/compose.js';
import { configOf } from './kit/known-settings.js';

const { services } = composeOf({});

describe('the passwords', () => {
  let folder: string;
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sightline-passwords-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const make = (env: Record<string, string> = {}) => {
    const [script] = services.passwords.command!;
    const none = Object.fromEntries(Object.keys(services.passwords.environment!).map((name) => [name, '']));
    const { status, stderr } = spawnSync('sh', ['-euc', script.replace('/run/passwords', folder)], {
      env: { PATH: process.env.PATH, ...none, ...env },
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    return Object.fromEntries(
      ['database', 'grafana-reader', 'grafana-admin'].map((name) => [name, read(name)]),
    );
  };

  it('are made once, long and random', () => {
    const passwords = make();
    for (const password of Object.values(passwords)) expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect(new Set(Object.values(passwords)).size).toBe(3);
    expect(make()).toEqual(passwords);
  });

  it('stay for the database, which has it; those of Grafana follow what is given', () => {
    const { database } = make();
    const given = { POSTGRES_PASSWORD: 'x', GRAFANA_DB_PASSWORD: 'y', GRAFANA_ADMIN_PASSWORD: 'z' };
    expect(make(given)).toEqual({ database, 'grafana-reader': 'y', 'grafana-admin': 'z' });
    expect(make()).toEqual({ database, 'grafana-reader': 'y', 'grafana-admin': 'z' });
  });

  it('may be given, with any sign', () => {
    expect(make({ POSTGRES_PASSWORD: 'p@ss/wörd #1' }).database).toBe('p@ss/wörd #1');
    expect(decodeURIComponent(new URL(read('mysql-url')).password)).toBe('p@ss/wörd #1');
    const config = configOf({ MYSQL_URL: read('mysql-url'), ACCESS_STORE: 'mysql' });
    expect(config.mysqlUrl).toBe(read('mysql-url'));
  });
});

describe('the ports of PostgreSQL and Redis', () => {
  it.each(['database-port', 'redis-port'])('%s hands on what comes in, both ways', async (name) => {
    const behind = createServer((socket) => socket.on('data', (data) => socket.end(`got ${String(data)}`)));
    behind.listen(0, '127.0.0.1');
    await once(behind, 'listening');
    const { port } = behind.address() as AddressInfo;
    const own = await freePort();
    const [script] = services[name].command!;
    const child = spawn(process.execPath, ['-e', script.replace('.listen(port)', `.listen(${own})`)], {
      env: { TO_HOST: '127.0.0.1', TO_PORT: String(port) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    try {
      expect(await answerOf(own)).toBe('got hello');
      // one that goes away takes nobody with it
      const rude = connect(own, '127.0.0.1');
      await once(rude, 'connect');
      rude.resetAndDestroy();
      expect(await answerOf(own)).toBe('got hello');
    } finally {
      child.kill('SIGKILL');
      behind.close();
    }
  });
});

/** What comes back for `hello`, once something listens. */
async function answerOf(port: number): Promise<string> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
    } catch {
      continue;
    }
    socket.write('hello');
    const parts = await socket.toArray();
    return parts.join('');
  }
}
