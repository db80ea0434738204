import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchBrowser } from '../../../scripts/services/browser.mjs';
import { apiOf, type Api } from '../../support/api.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { freePort, startServer, type TestServer } from '../../support/server.js';
import { logIn } from './log-in.js';
import { watch, type Watch } from './watch.js';

const ARTIFACTS = 'test-artifacts/browser';
/** How long an element may take to appear, on a machine that has other things to do. */
const PATIENCE_MS = 60_000;
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 375, height: 812 };

export interface DashboardOptions {
  /** What the server is to know before the first test. */
  seed?: (api: Api) => Promise<void>;
}

export interface VisitOptions {
  /** false: nobody is logged in. A string: with this key. Default: with the server's. */
  as?: string | false;
  dark?: boolean;
  phone?: boolean;
  timezone?: string;
  language?: string;
  /** Time on the page is the test's (`page.clock`); it runs until the test stops it. */
  clock?: boolean;
}

export interface Dashboard {
  readonly server: TestServer;
  readonly api: Api;
  /** A page of a browser without a past; the test fails where the page fails. */
  visit(path: string, options?: VisitOptions): Promise<Page>;
  /** The server goes away, and comes back where it was, with these settings. */
  stop(): Promise<void>;
  start(env?: Record<string, string>): Promise<void>;
  /** From here on the page of this test may get such answers: `403 /api/v1/keys`. */
  allow(failure: RegExp): void;
}

interface Visit {
  context: BrowserContext;
  page: Page;
  watch: Watch;
}

/** Of all files of a worker, whose end is its end. */
let chromium: Browser | undefined;

async function openBrowser(): Promise<Browser> {
  if (!chromium?.isConnected()) chromium = await launchBrowser(process.env.TEST_CHROMIUM!);
  return chromium;
}

/** A server for the tests of a file, and a browser. What a test left on its page is kept as a picture. */
export function useDashboard({ seed }: DashboardOptions = {}): Dashboard {
  let server: TestServer;
  let database: TestDatabase;
  let port: number;
  let browser: Browser;
  const visits: Visit[] = [];
  const states = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>();
  let allowed: RegExp[] = [];

  const start = async (env: Record<string, string> = {}) => {
    server = await startServer({ env: { DATABASE_URL: database.url, PORT: String(port), ...env } });
  };
  const stop = async () => void (await server.stop());

  beforeAll(async () => {
    [database, port] = await Promise.all([cloneDatabase(), freePort()]);
    [browser] = await Promise.all([openBrowser(), start()]);
    await seed?.(apiOf(server));
  });

  afterEach(async () => {
    const problems = visits.flatMap((visit) => visit.watch.problems);
    for (const [index, { page, context }] of visits.entries()) {
      await keepPicture(page, index);
      await context.close();
    }
    visits.length = 0;
    allowed = [];
    expect(problems).toEqual([]);
  });

  afterAll(async () => {
    await server?.stop();
    await database?.drop();
  });

  /** The cookies of whoever logged in with this key: by the form, once a file. */
  const stateOf = async (key: string) => {
    if (!states.has(key)) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(server.url);
      await logIn(page, key);
      states.set(key, await context.storageState());
      await context.close();
    }
    return states.get(key);
  };

  const visit = async (
    pathname: string,
    { as = server.key, dark, phone, clock, ...rest }: VisitOptions = {},
  ) => {
    const context = await browser.newContext({
      viewport: phone ? PHONE : DESK,
      hasTouch: phone,
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      timezoneId: rest.timezone ?? 'UTC',
      locale: rest.language ?? 'en-US',
      storageState: as === false ? undefined : await stateOf(as),
    });
    context.setDefaultTimeout(PATIENCE_MS);
    if (clock) await context.clock.install();
    const page = await context.newPage();
    const watching = await watch(page, server.url);
    for (const failure of allowed) watching.allow(failure);
    visits.push({ context, page, watch: watching });
    await page.goto(pathname.startsWith('/') ? server.url + pathname : pathname);
    return page;
  };

  return {
    get server() {
      return server;
    },
    get api() {
      return apiOf(server);
    },
    visit,
    stop,
    start,
    allow: (failure) => {
      allowed.push(failure);
      for (const { watch: watching } of visits) watching.allow(failure);
    },
  };
}

async function keepPicture(page: Page, index: number): Promise<void> {
  if (page.isClosed()) return;
  const { currentTestName = 'test', testPath = '' } = expect.getState();
  const folder = path.join(ARTIFACTS, path.basename(testPath, '.spec.ts'));
  mkdirSync(folder, { recursive: true });
  const name = currentTestName.replaceAll(/[^\p{L}\p{N}]+/gu, '-').slice(0, 100);
  await page.screenshot({ path: path.join(folder, `${name}${index ? `-${index + 1}` : ''}.png`) });
}
