// `npm run bench:dashboard`: what a first visit to the overview costs, over a running server with a week of data: bytes of script
// as gzip sends them, and milliseconds from the start of the navigation until the numbers stand and a click is answered, with
// nothing in the browser's cache. Prints a table and writes bench/results/dashboard.json.
import { get } from 'node:http';
import { launchBrowser } from '../scripts/services/browser.mjs';
import { chromiumProgram } from '../scripts/services/chromium.mjs';
import { SampleTraffic } from '../scripts/services/sample-data.mjs';
import { CountedServer } from './counted-server.mjs';
import { KEY, median, report, ROUNDS } from './harness.mjs';

const DATA = { days: 7, events: 200_000, entries: 200_000 };
const WANTED_SCRIPT_KB = 150;
const WANTED_MS = 1000;

// Notes when nothing loads any more: the first frame after which <main> says so, and the browser had time for input.
const NOTE_WHEN_IT_STANDS = `
const stands = () => document.querySelector('main h1') && !document.querySelector('main[aria-busy="true"]');
const look = () => {
  if (!stands()) return requestAnimationFrame(look);
  requestAnimationFrame(() => setTimeout(() => (globalThis.standsAtMs ??= performance.now())));
};
if (top === self) requestAnimationFrame(look);`;
// What the browser took from input to the next frame.
const NOTE_INPUT = `new PerformanceObserver((list) => {
  for (const { name, duration } of list.getEntries()) if (name === 'click') globalThis.clickMs = Math.max(globalThis.clickMs ?? 0, duration);
}).observe({ type: 'event', durationThreshold: 16, buffered: true });`;

const server = await CountedServer.start();
const browser = await launchBrowser(await chromiumProgram());
try {
  await new SampleTraffic({ url: server.url, key: KEY }).fill(DATA);
  // A server that takes 400,000 records in a minute is busy with them for a while: it is a page of a running one that is timed.
  await server.untilCounted();
  const storageState = await logIn();
  const visits = [];
  for (let i = 0; i < ROUNDS; i++) visits.push(await visit(storageState));
  const { scripts } = visits[0];
  const sizes = await Promise.all(scripts.map(gzippedBytes));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  report(
    'dashboard',
    [
      ['script of a first load, gzip, kB', bytes / 1000, `<= ${WANTED_SCRIPT_KB}`],
      [
        'navigation until the numbers stand, ms',
        median(visits.map(({ standsMs }) => standsMs)),
        `<= ${WANTED_MS}`,
      ],
      ['first contentful paint, ms', median(visits.map(({ paintMs }) => paintMs)), ''],
      ['click until it is shown, ms', median(visits.map(({ clickMs }) => clickMs)), '<= 200'],
    ],
    { data: DATA, scripts: Object.fromEntries(scripts.map((url, i) => [url, sizes[i]])), visits },
  );
} finally {
  await browser.close();
  await server.remove();
}

async function logIn() {
  const context = await browser.newContext();
  const answer = await context.request.post(`${server.url}/api/v1/session`, {
    data: { key: KEY },
    headers: { origin: server.url },
  });
  if (answer.status() !== 201) throw new Error(await answer.text());
  const state = await context.storageState();
  await context.close();
  return state;
}

/** A first visit: a context has a cache of its own. */
async function visit(storageState) {
  const context = await browser.newContext({ storageState, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const scripts = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.push(request.url());
  });
  await page.addInitScript(`${NOTE_WHEN_IT_STANDS}${NOTE_INPUT}`);
  await page.goto(server.url);
  await page.waitForFunction(() => globalThis.standsAtMs);
  const first = [...scripts];
  await page.getByRole('navigation').getByRole('link').nth(1).click();
  await page.waitForURL('**/explore**');
  const [standsMs, paintMs, clickMs] = await page.evaluate(`[globalThis.standsAtMs,
    performance.getEntriesByName('first-contentful-paint')[0].startTime, globalThis.clickMs ?? 16]`);
  await context.close();
  return { standsMs, paintMs, clickMs, scripts: first };
}

/** As a browser that knows only gzip gets it. */
function gzippedBytes(url) {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk) => (bytes += chunk.length));
      answer.on('end', () => resolve(bytes));
    }).once('error', reject);
  });
}
