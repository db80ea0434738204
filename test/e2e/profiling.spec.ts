import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anEvent, apiOf } from '../support/api.js';
import { sightline } from '../support/command.js';
import { cloneDatabase } from '../support/database.js';
import { goToolPprof } from '../support/go-pprof.js';
import { freePort, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const GO_MS = 240_000;
let pprof: Awaited<ReturnType<typeof goToolPprof>>;
let server: TestServer | undefined;

beforeAll(async () => {
  pprof = await goToolPprof();
  if (pprof) return;
  if (process.env.REQUIRE_ALL_SERVICES === '1') throw new Error('`go tool pprof` is not here');
  process.stderr.write('\n!!! GO IS NOT HERE: profiles are not shown to `go tool pprof`\n\n');
}, GO_MS);

async function stop(): Promise<void> {
  await server?.stop();
  server = undefined;
}

async function serve(env: Record<string, string> = {}) {
  const address = `127.0.0.1:${await freePort()}`;
  server = await startServer({ env: { PROFILE_ENABLED: '1', PROFILE_ADDR: address, ...env } });
  return `http://${address}/debug/pprof`;
}

/** Keeps the server busy until it is called. */
function load(): () => Promise<void> {
  const api = apiOf(server!);
  let busy = true;
  const one = async () => {
    while (busy)
      await api.post('/api/v1/batch-ingest', { logs: Array.from({ length: 50 }, () => anEvent()) });
  };
  const done = Promise.all([one(), one(), one()]);
  return async () => {
    busy = false;
    await done;
  };
}

async function fetchProfile(url: string): Promise<Profile> {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  return decode(Buffer.from(await answer.arrayBuffer()));
}

const decode = (bytes: Buffer) => Profile.decode(gunzipSync(bytes));

function stringsOf(profile: Profile) {
  const { strings } = profile.stringTable;
  const text = (index: number | bigint) => strings[Number(index)];
  return {
    sampleTypes: profile.sampleType.map(({ type, unit }) => [text(type), text(unit)]),
    functions: profile.function.map(({ name }) => text(name)),
    files: profile.function.map(({ filename }) => text(filename)),
    processes: new Set(profile.sample.flatMap(({ label }) => label.map(({ str }) => text(str)))),
  };
}

const total = (profile: Profile, value: number) =>
  profile.sample.reduce((sum, sample) => sum + Number(sample.value[value]), 0);

describe('the live profiler', () => {
  let url: string;

  beforeAll(async () => {
    url = await serve();
  });
  afterAll(stop);

  it('gives CPU time by function and line, while the server works', async () => {
    const end = load();
    const profile = await fetchProfile(`${url}/profile?seconds=2`);
    await end();
    const { sampleTypes, functions, files } = stringsOf(profile);
    expect(sampleTypes).toEqual([
      ['samples', 'count'],
      ['cpu', 'nanoseconds'],
    ]);
    expect(functions).toContain('appendBatch');
    expect(files.some((file) => file.endsWith('/src/events/ingest.service.js'))).toBe(true);
    expect(functions).not.toContain('(idle)');
    expect(Number(profile.durationNanos)).toBeGreaterThan(1.9e9);
    // One thread: it cannot have worked for longer than it was watched.
    expect(total(profile, 1)).toBeGreaterThan(0.1e9);
    expect(total(profile, 1)).toBeLessThanOrEqual(Number(profile.durationNanos) * 1.01);
    const lines = profile.sample.map(({ locationId }) =>
      profile.location.find(({ id }) => id === locationId[0])!.line.map(({ line }) => Number(line)),
    );
    expect(lines.every(([line]) => line >= 0)).toBe(true);
    expect(lines.filter(([line]) => line > 0).length).toBeGreaterThan(10);
  });

  it('gives the memory that is held, by what allocated it', async () => {
    const profile = await fetchProfile(`${url}/heap`);
    expect(stringsOf(profile).sampleTypes).toEqual([
      ['objects', 'count'],
      ['space', 'bytes'],
    ]);
    expect(total(profile, 0)).toBeGreaterThan(1000);
    // What the modules hold alone.
    expect(total(profile, 1)).toBeGreaterThan(2e6);
    expect(total(profile, 1)).toBeLessThan(200e6);
  });

  it(
    'is read by `go tool pprof`',
    async () => {
      if (!pprof) return;
      const end = load();
      const cpu = await pprof('-top', `${url}/profile?seconds=2`);
      await end();
      expect(cpu).toMatch(/^Type: cpu$/m);
      expect(cpu).toMatch(/^Duration: [\d.]+s, Total samples = /m);
      expect(cpu).toMatch(/^ +[\d.]+m?s +[\d.]+% +[\d.]+% +[\d.]+m?s +[\d.]+% +\S+/m);
      const heap = await pprof('-top', '-sample_index=space', '-lines', `${url}/heap`);
      expect(heap).toMatch(/^Type: space$/m);
      expect(heap).toMatch(/\.js:\d+$/m);
      expect(await pprof('-top', '-sample_index=objects', `${url}/heap`)).toMatch(/^Type: objects$/m);
    },
    GO_MS,
  );

  it('gives what is open where Go has its goroutines', async () => {
    const profile = await fetchProfile(`${url}/goroutine`);
    const { sampleTypes, functions } = stringsOf(profile);
    expect(sampleTypes).toEqual([['resources', 'count']]);
    expect(functions).toContain('TCPServerWrap');
    expect(total(profile, 0)).toBeGreaterThan(functions.length);
  });

  it('takes one CPU profile at a time, and ends that of a client that goes away', async () => {
    const api = apiOf({ url, key: server!.key });
    const leave = new AbortController();
    const first = fetch(`${url}/profile?seconds=300`, { signal: leave.signal }).catch(() => 'left');
    const ask = () => api.get('/profile?seconds=1', { key: null });
    await until(async () => (await ask()).status === 503);
    const second = await ask();
    expect(second.body).toMatchObject({ error: 'overloaded', retryable: true });
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(280);
    leave.abort();
    expect(await first).toBe('left');
    await until(async () => (await ask()).status === 200);
  });

  it('tells what there is, and what a question must be', async () => {
    const api = apiOf({ url, key: '' });
    expect((await api.get('/', { key: null })).body).toContain('profile?seconds=N');
    for (const seconds of ['0', '301', '1.5', 'x', '']) {
      const { status, body } = await api.get(`/profile?seconds=${seconds}`, { key: null });
      expect([status, body.details[0].field]).toEqual([400, 'seconds']);
    }
    const trace = await api.get('/trace', { key: null });
    expect([trace.status, trace.body.message]).toEqual([404, expect.stringContaining('goroutine')]);
    expect((await api.get('/trace/more', { key: null })).status).toBe(404);
    expect(await api.post('/heap', {}, { key: null })).toMatchObject({ status: 405 });
  });
});

describe('the live profiler of a server of its own', () => {
  afterEach(stop);

  it('waits for no profile when it stops', async () => {
    const url = await serve({ SHUTDOWN_TIMEOUT_SECONDS: '3600' });
    const running = fetch(`${url}/profile?seconds=300`).then(
      ({ status }) => status,
      () => 'cut',
    );
    await until(async () => (await fetch(`${url}/profile?seconds=1`)).status === 503);
    expect(await server!.stop()).toBe(0);
    expect([503, 'cut']).toContain(await running);
  });

  it('profiles all workers at once, and tells them apart', async () => {
    const url = await serve({ WORKERS: '2' });
    // The first of them is ready before the second.
    await until(() => server!.logs.some((line) => line.includes('"msg":"listening"')));
    const workers = execFileSync('pgrep', ['-P', String(server!.process.pid)], { encoding: 'utf8' });
    const end = load();
    const profile = await fetchProfile(`${url}/profile?seconds=1`);
    await end();
    expect(stringsOf(profile).processes).toEqual(new Set(workers.trim().split('\n')));
    const open = await fetchProfile(`${url}/goroutine`);
    expect(stringsOf(open).processes).toEqual(new Set(workers.trim().split('\n')));
    expect(stringsOf(await fetchProfile(`${url}/heap`)).processes.size).toBe(2);
  });

  it.each([
    ['127.0.0.1', 2, 'PROFILE_ADDR (environment) must be HOST:PORT or :PORT'],
    ['192.0.2.1:6062', 1, 'PROFILE_ADDR: the address to listen on does not belong to this machine'],
  ])('ends the start in one line where PROFILE_ADDR is %s', async (address, exitCode, message) => {
    const database = await cloneDatabase();
    const env = { DATABASE_URL: database.url, PORT: '0', PROFILE_ENABLED: '1', PROFILE_ADDR: address };
    const { code, stderr } = await sightline(['serve'], env).done;
    await database.drop();
    expect([code, stderr]).toEqual([exitCode, `sightline: ${message}\n`]);
  });
});

describe('PROFILE_CAPTURE', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sightline-profiles-'));
  });
  afterEach(async () => {
    await stop();
    rmSync(dir, { recursive: true });
  });

  it.each([
    ['1', /^run-7\.(cpu|heap)\.pb\.gz$/],
    ['2', /^run-7\.\d+\.(cpu|heap)\.pb\.gz$/],
  ])('writes profiles of the whole run at a clean stop, with WORKERS=%s', async (workers, name) => {
    const env = { PROFILE_CAPTURE: '1', PROFILE_DIR: join(dir, 'new'), PROFILE_NAME: 'run-7' };
    server = await startServer({ env: { ...env, WORKERS: workers } });
    await apiOf(server).post('/api/v1/ingest', anEvent());
    expect(await server.stop()).toBe(0);
    const files = readdirSync(join(dir, 'new'));
    expect(files).toHaveLength(2 * Number(workers));
    for (const file of files) {
      expect(file).toMatch(name);
      const profile = decode(readFileSync(join(dir, 'new', file)));
      const kind = file.includes('.cpu.') ? 'cpu' : 'space';
      expect(stringsOf(profile).sampleTypes[1][0]).toBe(kind);
      expect(total(profile, 1)).toBeGreaterThan(0);
    }
  });

  it('ends the start in one line where it cannot write', async () => {
    const env = { PORT: '0', PROFILE_CAPTURE: '1', PROFILE_DIR: '/dev/null/profiles' };
    const database = await cloneDatabase();
    const { code, stderr } = await sightline(['serve'], { ...env, DATABASE_URL: database.url }).done;
    await database.drop();
    expect([code, stderr]).toEqual([1, 'sightline: PROFILE_DIR cannot be written to (ENOTDIR)\n']);
  });
});
