// `npm run docs:screenshots`: pictures of every page of a running server, with a week of data, into docs/images.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { launchBrowser } from './services/browser.mjs';
import { chromiumProgram } from './services/chromium.mjs';
import { freePort } from './services/free-port.mjs';
import { SampleTraffic } from './services/sample-data.mjs';

const TARGET = 'docs/images';
const KEY = `docs-${randomBytes(16).toString('hex')}`;
const DATA = { days: 14, events: 280_000, entries: 240_000 };
/** A repository keeps every version of a picture. */
const MOST_BYTES = 250_000;
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 375, height: 812 };

const PICTURES = [
  { name: 'overview', address: '/?range=week' },
  { name: 'explore', address: '/explore?event_type=error', prepare: openFirstRow },
  { name: 'access', address: '/access?range=week' },
  { name: 'live', address: '/live', prepare: () => flow(4) },
  { name: 'system', address: '/system', prepare: () => flow(30) },
  { name: 'login', address: '/', loggedOut: true },
  { name: 'overview-dark', address: '/?range=day', dark: true },
  { name: 'phone', address: '/?range=day', viewport: PHONE },
];

const program = await chromiumProgram();
if (!program) throw new Error('no Chromium: set TEST_CHROMIUM');
mkdirSync(TARGET, { recursive: true });
const server = await startServer();
const traffic = new SampleTraffic({ url: server.url, key: KEY });
const browser = await launchBrowser(program);
try {
  await traffic.fill(DATA);
  const state = await logIn();
  for (const picture of PICTURES) await take(picture, state);
} finally {
  await browser.close();
  await server.stop();
}

async function startServer() {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'sightline-docs-'));
  // For root the database runs as another user.
  chmodSync(dataDir, 0o755);
  const port = await freePort();
  const child = spawn(process.execPath, ['dist/src/main.js', 'serve'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      SERVER_HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      LOG_LEVEL: 'error',
      API_KEYS: `docs:default:ingest+query+admin=${KEY},shop-app:default:ingest=${KEY}-app,web-proxy:default:ingest=${KEY}-web`,
      RATE_LIMIT_BURST: '1000000',
    },
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${url}/readiness`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    await delay(50);
  }
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { url, stop };
}

async function logIn() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByLabel('API key').fill(KEY);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('navigation').waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

async function take({ name, address, prepare, dark, loggedOut, viewport = DESK }, state) {
  const context = await browser.newContext({
    viewport,
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
    locale: 'en-GB',
    storageState: loggedOut ? undefined : state,
  });
  const page = await context.newPage();
  await page.goto(server.url + address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('main:not([aria-busy="true"])').waitFor();
  await prepare?.(page);
  const file = path.join(TARGET, `${name}.png`);
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  await context.close();
  const { size } = statSync(file);
  console.log(`${file}: ${Math.round(size / 1000)} kB`);
  if (size > MOST_BYTES) throw new Error(`${file} is over ${MOST_BYTES / 1000} kB`);
}

async function openFirstRow(page) {
  await page
    .getByRole('table')
    .getByRole('button', { name: /, event / })
    .nth(1)
    .click();
}

/** So many seconds of live traffic, now more, now less. */
async function flow(seconds) {
  for (let tick = 0; tick < seconds * 4; tick++) {
    const busy = 1 + Math.sin(tick / 9) ** 2;
    await Promise.all([
      traffic.now({ events: Math.round(3 * busy), entries: Math.round(5 * busy) }),
      delay(250),
    ]);
  }
}
