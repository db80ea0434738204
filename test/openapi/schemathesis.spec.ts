import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anEvent, apiOf } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

const CONFIG = resolve('test/openapi/schemathesis.toml');
const HOOKS = resolve('test/openapi/hooks.py');
const MINUTES = 60_000;
/** A body may be as long as may be. */
const LONG_LINE = /^(.{1000}).+$/gm;

let server: TestServer;
let dir: string;

beforeAll(async () => {
  // It leaves folders of its own wherever it runs.
  dir = mkdtempSync(join(tmpdir(), 'sightline-schemathesis-'));
  server = await startServer();
});

afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

/** What Schemathesis found, as it tells a person: from the first failure on. */
async function findings(): Promise<{ code: number; report: string }> {
  const { body } = await apiOf(server).get('/api/v1/session');
  const args = ['--config-file', CONFIG, 'run', `${server.url}/openapi.json`];
  const child = spawn(process.env.TEST_SCHEMATHESIS!, args, {
    env: {
      ...process.env,
      SCHEMATHESIS_HOOKS: HOOKS,
      SIGHTLINE_KEY: server.key,
      SIGHTLINE_KEY_ID: body.data.key.id,
    },
    cwd: dir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const report = stdout.slice(Math.max(0, stdout.search(/^=+ (ERRORS|FAILURES)/m)));
  return { code: code as number, report: report.replaceAll(LONG_LINE, '$1 …') };
}

it(
  'answers whatever its document allows, and does not allow, as the document says',
  async () => {
    const api = apiOf(server);
    await api.post('/api/v1/batch-ingest', { logs: [anEvent({ user_id: 'u-1' }), anEvent()] });
    const { code, report } = await findings();
    // The report is what a person needs: Vitest would show it as one long string of escapes.
    if (code !== 0) throw new Error(report);
    expect(report).toMatch(/[1-9]\d{3} generated/);
    expect((await api.get('/api/v1/session')).status).toBe(200);
  },
  10 * MINUTES,
);
