import { HealthIndicatorService } from '@nestjs/terminus';
import { describe, expect, it } from 'vitest';
import { configOf } from '../../../test/support/config.js';
import type { Cache } from '../../core/ports/cache.js';
import type { AccessDelivery, Delivery } from '../../core/ports/delivery.js';
import type { AccessCounter, Backlog, EventCounter } from '../../core/ports/record-counter.js';
import { ProgressIndicators } from './indicators.js';

const config = configOf({ MAX_IN_FLIGHT_RECORDS: '100', COUNT_INTERVAL_SECONDS: '5' });
const MOST_UNCOUNTED_MS = 65_000;

/** Two queues, two counters and a cache in this state; what is not given is as it should be. */
interface State {
  events?: { depth: number; stalledMs: number };
  access?: { depth: number; stalledMs: number };
  eventBacklog?: Backlog;
  accessBacklog?: Backlog;
  cache?: ReturnType<Cache['state']>;
}

const EMPTY = { depth: 0, stalledMs: 0 };
const COUNTED: Backlog = { records: 0, ageMs: 0, idleMs: 900 };

function indicatorsOf(state: State): ProgressIndicators {
  const delivery = ({ depth, stalledMs } = EMPTY) => ({ depth: () => depth, stalledMs: () => stalledMs });
  const counter = (backlog = COUNTED) => ({ backlog: () => backlog });
  return new ProgressIndicators(
    new HealthIndicatorService(),
    { state: () => state.cache ?? 'off' } as Cache,
    delivery(state.events) as Delivery,
    delivery(state.access) as AccessDelivery,
    counter(state.eventBacklog) as EventCounter,
    counter(state.accessBacklog) as AccessCounter,
    config,
  );
}

describe('the queue', () => {
  it.each([
    ['nothing waits', {}, 'up'],
    ['records wait, and some were stored just now', { events: { depth: 99, stalledMs: 9_999 } }, 'up'],
    ['there is no room for events', { events: { depth: 100, stalledMs: 0 } }, 'degraded'],
    ['there is no room for access entries', { access: { depth: 100, stalledMs: 0 } }, 'degraded'],
    ['no event gets stored', { events: { depth: 1, stalledMs: 10_000 } }, 'degraded'],
    ['no access entry gets stored', { access: { depth: 1, stalledMs: 10_000 } }, 'degraded'],
  ])('%s', (_, state: State, status) => {
    expect(indicatorsOf(state).queue()).toEqual({ queue: { status } });
  });
});

describe('counting', () => {
  const late: Backlog = { records: 1, ageMs: MOST_UNCOUNTED_MS, idleMs: 0 };
  const unseen: Backlog = { records: 0, ageMs: 0, idleMs: MOST_UNCOUNTED_MS };
  const inTime: Backlog = { records: 9, ageMs: MOST_UNCOUNTED_MS - 1, idleMs: MOST_UNCOUNTED_MS - 1 };

  it.each([
    ['all is counted', {}, 'up'],
    ['records wait, not too long', { eventBacklog: inTime, accessBacklog: inTime }, 'up'],
    ['events wait for too long', { eventBacklog: late }, 'degraded'],
    ['access entries wait for too long', { accessBacklog: late }, 'degraded'],
    ['nobody looks whether events wait', { eventBacklog: unseen }, 'degraded'],
    ['nobody looks whether access entries wait', { accessBacklog: unseen }, 'degraded'],
  ])('%s', (_, state: State, status) => {
    expect(indicatorsOf(state).counting()).toEqual({ counting: { status } });
  });
});

it('a cache that is away is missed, and one that was never wanted is not', () => {
  expect(indicatorsOf({ cache: 'up' }).cache()).toEqual({ cache: { status: 'up', isUsed: true } });
  expect(indicatorsOf({ cache: 'off' }).cache()).toEqual({ cache: { status: 'up', isUsed: false } });
  expect(indicatorsOf({ cache: 'down' }).cache()).toEqual({ cache: { status: 'degraded' } });
});
