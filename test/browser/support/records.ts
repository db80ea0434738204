import { expect } from 'vitest';
import { HOUR_MS } from '../../../src/core/time.js';
import type { Api } from '../../support/api.js';

const BATCH = 1000;

const NAMES = ['screen_view', 'button_tap', 'search', 'cart_add', 'checkout_start', 'purchase'];
const PROVIDERS = ['api', 'cdn', 'payments'];
const VERSIONS = ['2.4.1', '2.4.0', '2.3.7'];
const PATHS = ['/', '/products/17', '/search', '/cart', '/api/orders', '/login'];
const STATUSES = [200, 200, 200, 200, 304, 200, 201, 404, 200, 500];
const AGENTS = ['Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0', 'curl/8.14.1'];

export interface TestEvent extends Record<string, unknown> {
  event_type: string;
  event_name: string;
  timestamp: string;
  user_id: string;
  session_id: string;
  app_version: string;
  properties: { duration_ms?: number; tags: { provider: string } };
}

export interface TestEntry extends Record<string, unknown> {
  timestamp: string;
  ip: string;
  path: string;
  status: number;
  latency_ms: number;
}

/** Records evenly over some hours: what changes from one to the next follows from its number alone. */
export interface Spread {
  count: number;
  overHours: number;
  /** Before the newest one; 0 by default. */
  hoursAgo?: number;
}

// Half a step off both ends, and off each hour where so many steps make one: no record moves out of a window of whole minutes
// while a test looks at it.
function timeOf({ count, overHours, hoursAgo = 0 }: Spread, n: number): string {
  const stepMs = (overHours * HOUR_MS) / count;
  return new Date(Date.now() - hoursAgo * HOUR_MS - (n + 0.5) * stepMs).toISOString();
}

/** Events of 40 users: every tenth an error, every third with a duration, of six names, three versions and three providers. */
export function eventsOf(spread: Spread): TestEvent[] {
  return Array.from({ length: spread.count }, (_, n) => ({
    event_id: `seed-${spread.hoursAgo ?? 0}-${n}`,
    event_type: n % 10 === 7 ? 'error' : n % 3 === 0 ? 'performance' : 'behavioral',
    event_name: n % 10 === 7 ? 'http_error' : NAMES[(n * n) % NAMES.length],
    timestamp: timeOf(spread, n),
    user_id: `user-${n % 40}`,
    session_id: `session-${n % 40}-${Math.floor(n / 400)}`,
    app_version: VERSIONS[(n * n) % VERSIONS.length],
    priority: n % 25 === 0 ? 'high' : 'normal',
    properties: {
      screen: n % 2 ? 'home' : 'product',
      tags: { provider: PROVIDERS[n % PROVIDERS.length] },
      ...(n % 3 === 0 && { duration_ms: 20 + ((n * 37) % 400) }),
    },
    device_info: { os: n % 2 ? 'iOS' : 'Android' },
  }));
}

/** Access entries of 60 addresses, six paths and ten statuses in turn: 404 and 500 once each in ten. */
export function entriesOf(spread: Spread): TestEntry[] {
  return Array.from({ length: spread.count }, (_, n) => ({
    timestamp: timeOf(spread, n),
    ip: `203.0.113.${(n * n) % 60}`,
    method: n % 4 === 3 ? 'POST' : 'GET',
    path: PATHS[(n * n + n) % PATHS.length],
    status: STATUSES[n % STATUSES.length],
    latency_ms: 5 + ((n * 53) % 300),
    user_agent: AGENTS[n % AGENTS.length],
  }));
}

export async function postEvents(api: Api, logs: readonly unknown[]): Promise<void> {
  for (let at = 0; at < logs.length; at += BATCH) {
    const { status } = await api.post('/api/v1/batch-ingest', { logs: logs.slice(at, at + BATCH) });
    expect(status).toBe(201);
  }
}

export async function postEntries(api: Api, entries: readonly unknown[]): Promise<void> {
  const { status, body } = await api.post('/logs', entries);
  expect({ status, accepted: body.accepted as number }).toEqual({ status: 200, accepted: entries.length });
}
