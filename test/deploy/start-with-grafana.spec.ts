import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
const at = (name: string) => path.join(folder, name);

/** A `docker` that writes down what it was asked, and answers as one that works. */
const DOCKER = `#!/bin/sh
echo "$*" >> calls
case "$*" in
  "$BROKEN") exit 1 ;;
  *"ps --all"*) echo id ;;
  *inspect*) echo "\${HEALTH:-healthy}" ;;
esac
`;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sightline-start-'));
  mkdirSync(at('scripts'));
  mkdirSync(at('bin'));
  cpSync('scripts/start-with-grafana.sh', at('scripts/start-with-grafana.sh'));
  writeFileSync(at('bin/docker'), DOCKER);
  chmodSync(at('bin/docker'), 0o755);
});

afterEach(() => rmSync(folder, { recursive: true }));

function start(env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(at('scripts/start-with-grafana.sh'), {
    env: { PATH: `${at('bin')}:/usr/bin:/bin`, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const dotEnv = () => parseEnv(readFileSync(at('.env'), 'utf8')) as Record<string, string>;
const calls = () => readFileSync(at('calls'), 'utf8').trim().split('\n');

describe('start-with-grafana.sh', () => {
  it('starts, waits, and says where all is', () => {
    const { status, stdout, stderr } = start({ PORT: '9000' });
    expect([status, stderr]).toEqual([0, '']);
    expect(statSync(at('.env')).mode & 0o777).toBe(0o600);
    expect(dotEnv()).toEqual({ COMPOSE_PROFILES: 'monitoring' });
    expect(calls()).toContain('compose up --detach --build');
    for (const url of ['127.0.0.1:9000', '127.0.0.1:3000', '127.0.0.1:9090']) expect(stdout).toContain(url);
  });

  it('changes nothing else that is there, and closes it to others', () => {
    writeFileSync(at('.env'), 'PORT=9001\nGRAFANA_ADMIN_PASSWORD=mine\nCOMPOSE_PROFILES=mysql', {
      mode: 0o644,
    });
    const { stdout } = start();
    const first = readFileSync(at('.env'), 'utf8');
    expect(dotEnv()).toEqual({
      PORT: '9001',
      GRAFANA_ADMIN_PASSWORD: 'mine',
      COMPOSE_PROFILES: 'mysql,monitoring',
    });
    expect(statSync(at('.env')).mode & 0o777).toBe(0o600);
    expect(stdout).toContain('127.0.0.1:9001');
    start();
    expect(readFileSync(at('.env'), 'utf8')).toBe(first);
  });

  it('goes on with what an earlier version of it wrote', () => {
    writeFileSync(
      at('.env'),
      'COMPOSE_FILE=docker-compose.yml:docker-compose.monitoring.yml:docker-compose.override.yml\nGRAFANA_DB_PASSWORD=a\n',
    );
    expect(start({ COMPOSE_PROFILES: 'loki' }).status).toBe(0);
    expect(dotEnv()).toEqual({
      COMPOSE_FILE: 'docker-compose.yml:docker-compose.override.yml',
      GRAFANA_DB_PASSWORD: 'a',
      COMPOSE_PROFILES: 'loki,monitoring',
    });
  });

  it.each([
    ['compose version', 'docker compose'],
    ['info', 'daemon'],
  ])('says what is missing when `docker %s` fails, and touches nothing', (broken, word) => {
    const { status, stderr } = start({ BROKEN: broken });
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^start-with-grafana: .*${word}.*\n$`));
    expect(() => dotEnv()).toThrow('ENOENT');
  });

  it('gives up on what does not become healthy, with its log', () => {
    const { status, stderr } = start({ HEALTH: 'unhealthy', WAIT_SECONDS: '0' });
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('sightline is not healthy after 0 seconds'),
    ]);
    expect(calls()).toContain('compose logs --tail 30 sightline');
  });
});
