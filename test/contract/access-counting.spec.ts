import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onePoint } from '../../src/core/counting/time-cover.js';
import type { NewAccessEntry } from '../../src/core/records/access-entry.js';
import { parseRfc3339 } from '../../src/core/records/rfc3339.js';
import type { Micros } from '../../src/core/time.js';
import { DAY, HOUR, MINUTE } from '../../src/core/time.js';
import { Counter } from '../../src/storage/counting/counter.js';
import { scanCounts, scanIps, scanPoints, scanStatuses, within } from '../support/access-scan.js';
import {
  newAccessEntry,
  openAccessStores,
  type AccessProcess,
  type AccessStores,
} from '../support/access-stores.js';
import { cutShort } from '../support/counting.js';
import { latencyOf } from '../support/near.js';
import { runs } from '../support/property-runs.js';
import { TestClock } from '../support/test-clock.js';
import { until } from '../support/until.js';

const NOW = parseRfc3339('2026-11-03T10:17:23.123Z')!;
const clock = new TestClock(NOW / 1000);
const PROCESSES = 3;
const LIMITS = { batchRecords: 40, mostParts: 3, settledAfterMs: 0 };
/** The window of what is asked by minutes, and of what is asked by hours: how many points, and how long each. */
const WINDOWS = [
  { points: 60, width: MINUTE, end: Math.ceil(NOW / MINUTE) * MINUTE },
  { points: 41 * 24, width: HOUR, end: Math.ceil(NOW / HOUR) * HOUR },
].map(({ points, width, end }) => ({
  from: end - points * width,
  to: end,
  starts: Array.from({ length: points }, (_, n): Micros => end - (points - n) * width),
}));

let stores: AccessStores;

beforeAll(async () => {
  stores = await openAccessStores();
});

afterAll(() => stores.close());

const aProcess = fc.nat(PROCESSES - 1);
const anEntry = fc.record({
  first: fc.boolean(),
  timestamp: fc.oneof(
    fc.integer({ min: NOW - 2 * HOUR, max: NOW }),
    fc.integer({ min: NOW - 40 * DAY, max: NOW }),
  ),
  createdAt: fc.integer({ min: NOW - 2 * DAY, max: NOW }),
  path: fc.option(fc.constantFrom('/', '/a', '__proto__', 'ä"\\')),
  status: fc.option(fc.constantFrom(200, 301, 404, 500)),
  latencyMs: fc.option(fc.oneof(fc.double({ min: 0.01, max: 1e5, noNaN: true }), fc.constantFrom(0, 1e15))),
  ip: fc.option(fc.nat(20).map((n) => `192.0.2.${n}`)),
});

const aStep = fc.oneof(
  fc.record({
    does: fc.constant('append' as const),
    by: aProcess,
    entries: fc.array(anEntry, { minLength: 1, maxLength: 30 }),
    /** With a key, by two processes at the same time: stored once. */
    isOnce: fc.boolean(),
  }),
  // goes on beside the steps that follow
  fc.record({ does: fc.constant('count' as const), by: aProcess }),
  fc.record({ does: fc.constant('cut' as const), by: aProcess, call: fc.nat(20) }),
  fc.record({ does: fc.constant('restart' as const), by: aProcess }),
);
type Step = typeof aStep extends fc.Arbitrary<infer T> ? T : never;

let keys = 0;

class Model {
  private readonly stored: NewAccessEntry[] = [];
  private readonly counting: Promise<unknown>[] = [];
  private readonly processes: AccessProcess[] = Array.from({ length: PROCESSES }, started);

  constructor(private readonly projectIds: readonly number[]) {}

  async take(step: Step): Promise<void> {
    if (step.does === 'append') await this.append(step);
    else if (step.does === 'count') this.counting.push(this.count(step.by));
    else if (step.does === 'cut') await this.cut(step);
    else this.processes[step.by] = started();
  }

  async expectCounts(): Promise<void> {
    for (const [by, process] of this.processes.entries()) {
      const stats = process.stats(clock);
      const projectId = this.projectIds[(by + this.stored.length) % 2];
      const window = WINDOWS[this.stored.length % 2];
      const all = this.stored.filter((entry) => entry.projectId === projectId);
      const entries = within(all, window);
      const points = scanPoints(entries, window);
      expect(await stats.series(projectId, window)).toEqual(points.map(({ length }) => length));
      expect(await stats.statuses(projectId, window)).toEqual(points.map(scanStatuses));
      const counts = await stats.counts(projectId, WINDOWS[1], 'path');
      expect(new Map(counts.map(({ value, count }) => [value, count]))).toEqual(
        scanCounts(within(all, WINDOWS[1]), 'path'),
      );
      const { total } = await stats.latency(projectId, onePoint(window));
      expect(total).toEqual(latencyOf(entries.flatMap(({ latencyMs }) => latencyMs ?? [])));
      expect(await stats.uniqueIps(projectId, window)).toEqual({
        total: scanIps(entries),
        series: points.map(scanIps),
      });
    }
  }

  /** All of it, until nothing is left. */
  async countAll(): Promise<void> {
    await Promise.all(this.counting);
    await until(async () => {
      await this.count(0);
      return (await stores.counted.backlog()).length === 0;
    });
  }

  private count(by: number): Promise<unknown> {
    return this.processes[by].counter.count({ now: NOW, maxNames: 100 });
  }

  private async append({ by, entries, isOnce }: Step & { does: 'append' }): Promise<void> {
    const sent = entries.map(({ first, ...entry }) =>
      newAccessEntry({ ...entry, projectId: this.projectIds[first ? 0 : 1] }),
    );
    if (isOnce) {
      const request = {
        projectId: this.projectIds[0],
        key: String(++keys).padStart(64, '0'),
        bodyDigest: 'b'.repeat(64),
        entries: sent,
        expiresAtMs: Date.now() + 3_600_000,
        answer: () => ({}),
      };
      await Promise.all(
        [by, (by + 1) % PROCESSES].map((one) => this.processes[one].store.appendOnce(request)),
      );
    } else await this.processes[by].store.append(sent);
    this.stored.push(...sent);
  }

  private async cut({ by, call }: Step & { does: 'cut' }): Promise<void> {
    const store = cutShort(stores.counted, call, () => Promise.reject(new Error('cut')));
    // one that is over before this call of it is not cut
    await new Counter(store, this.processes[by].pending, LIMITS)
      .count({ now: NOW, maxNames: 100 })
      .catch((error: unknown) => expect(error).toEqual(new Error('cut')));
  }
}

/** A process that keeps rows of failures only: nothing could be counted again from the others. */
function started(): AccessProcess {
  return stores.process({ keep: 'errors', ...LIMITS });
}

it('counts equal a scan at every read in every process, whatever is appended, counted and cut', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 4, maxLength: 12 }), async (steps) => {
      run++;
      const model = new Model([await stores.addProject(`a${run}`), await stores.addProject(`b${run}`)]);
      for (const step of steps) {
        await model.take(step);
        await model.expectCounts();
      }
      await model.countAll();
      await model.expectCounts();
    }),
    { numRuns: runs(25) },
  );
});
