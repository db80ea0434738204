import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { until } from '../../../test/support/until.js';
import { GroupCommit, type GroupCommitLimits } from './group-commit.js';

const limits: GroupCommitLimits = {
  maxRows: 10,
  maxFlushes: 2,
  overlapRows: 1,
  maxRecords: 1000,
  maxBytes: 1_000_000,
};

/** A store whose flushes end when the test says so. */
class ManualStore {
  flushes: { records: readonly number[]; end(): void; fail(error: Error): void }[] = [];

  flush = (records: readonly number[]): Promise<string[]> =>
    new Promise((resolve, reject) => {
      this.flushes.push({ records, end: () => resolve(records.map((r) => `stored ${r}`)), fail: reject });
    });
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('GroupCommit', () => {
  it('writes a lone record at once', async () => {
    const store = new ManualStore();
    const groups = new GroupCommit(store.flush, limits);
    const receipt = groups.append([1], 10);
    await turn();
    expect(store.flushes).toHaveLength(1);
    store.flushes[0].end();
    await expect(receipt).resolves.toEqual(['stored 1']);
  });

  it('gathers what comes while flushes are in flight', async () => {
    const store = new ManualStore();
    const groups = new GroupCommit(store.flush, { ...limits, maxFlushes: 1 });
    const receipts = [groups.append([1], 1)];
    await turn();
    receipts.push(groups.append([2], 1), groups.append([3, 4], 1));
    await turn();
    expect(store.flushes).toHaveLength(1);
    store.flushes[0].end();
    await receipts[0];
    await turn();
    expect(store.flushes[1].records).toEqual([2, 3, 4]);
    store.flushes[1].end();
    await expect(Promise.all(receipts)).resolves.toEqual([
      ['stored 1'],
      ['stored 2'],
      ['stored 3', 'stored 4'],
    ]);
    expect(groups.depth()).toBe(0);
  });

  it('holds what is written alone within the same bounds', async () => {
    const groups = new GroupCommit(new ManualStore().flush, { ...limits, maxRecords: 5 });
    let end = (): void => undefined;
    const alone = groups.alone(4, 10, () => new Promise<string>((resolve) => (end = () => resolve('done'))));
    expect(groups.depth()).toBe(4);
    await expect(groups.append([1, 2], 1)).rejects.toMatchObject({ code: 'overloaded' });
    await expect(groups.alone(2, 1, () => Promise.resolve())).rejects.toMatchObject({ code: 'overloaded' });
    const stopped = groups.stop();
    end();
    await expect(alone).resolves.toBe('done');
    await stopped;
    expect(groups.depth()).toBe(0);
  });

  it('lets few records wait for a flush in flight, and many not', async () => {
    const store = new ManualStore();
    const groups = new GroupCommit(store.flush, { ...limits, overlapRows: 3 });
    const receipts = [groups.append([1], 1)];
    await turn();
    receipts.push(groups.append([2, 3], 1));
    await turn();
    expect(store.flushes).toHaveLength(1);
    receipts.push(groups.append([4], 1));
    await turn();
    expect(store.flushes[1].records).toEqual([2, 3, 4]);
    store.flushes.forEach((flush) => flush.end());
    await Promise.all(receipts);
  });

  it('begins with a second flush before the turn has ended', async () => {
    const store = new ManualStore();
    const groups = new GroupCommit(store.flush, { ...limits, overlapRows: 3 });
    const receipts = [groups.append([1], 1)];
    await turn();
    receipts.push(groups.append([2], 1), groups.append([3, 4], 1), groups.append([5], 1));
    expect(store.flushes.map(({ records }) => records)).toEqual([[1], [2, 3, 4]]);
    store.flushes[0].end();
    await until(() => store.flushes.length === 3);
    store.flushes.slice(1).forEach((flush) => flush.end());
    await Promise.all(receipts);
    expect(store.flushes[2].records).toEqual([5]);
  });

  it('lets nothing wait for a flush that is stuck', async () => {
    const store = new ManualStore();
    const groups = new GroupCommit(store.flush, { ...limits, overlapRows: 3 });
    const stuck = groups.append([1], 1);
    await turn();
    const second = groups.append([2], 1);
    await until(() => store.flushes.length === 2);
    store.flushes[1].end();
    await expect(second).resolves.toEqual(['stored 2']);
    store.flushes[0].end();
    await stuck;
  });

  it('refuses at once what does not fit, and takes it when there is room again', async () => {
    const store = new ManualStore();
    const groups = new GroupCommit(store.flush, { ...limits, maxRecords: 3, maxBytes: 100 });
    const first = groups.append([1, 2], 50);
    await expect(groups.append([3, 4], 1)).rejects.toMatchObject({ code: 'overloaded', retryAfterS: 1 });
    await expect(groups.append([3], 51)).rejects.toMatchObject({ code: 'overloaded' });
    await turn();
    store.flushes[0].end();
    await first;
    const second = groups.append([3, 4], 1);
    await turn();
    store.flushes[1].end();
    await expect(second).resolves.toEqual(['stored 3', 'stored 4']);
  });

  it('takes an append that is larger than its bounds when nothing else waits', async () => {
    const store = new ManualStore();
    const groups = new GroupCommit(store.flush, { ...limits, maxBytes: 1 });
    const receipt = groups.append([1], 500);
    await turn();
    store.flushes[0].end();
    await expect(receipt).resolves.toEqual(['stored 1']);
  });

  it('fails only those whose flush failed', async () => {
    const store = new ManualStore();
    const groups = new GroupCommit(store.flush, { ...limits, maxRows: 1 });
    const receipts = Promise.allSettled([groups.append([1], 1), groups.append([2], 1)]);
    await turn();
    store.flushes[0].fail(new Error('away'));
    store.flushes[1].end();
    await expect(receipts).resolves.toMatchObject([{ status: 'rejected' }, { status: 'fulfilled' }]);
    expect(groups.depth()).toBe(0);
  });

  it('tells how long records have waited without any being stored', async () => {
    const store = new ManualStore();
    let nowMs = 1_000;
    const groups = new GroupCommit(store.flush, { ...limits, maxFlushes: 1 }, () => nowMs);
    // Nothing waits: nothing is late.
    expect(groups.stalledMs()).toBe(0);
    const receipts = [groups.append([1], 1)];
    await turn();
    receipts.push(groups.append([2], 1));
    nowMs += 5_000;
    expect(groups.stalledMs()).toBe(5_000);
    store.flushes[0].end();
    await receipts[0];
    expect(groups.stalledMs()).toBe(0);
    nowMs += 7_000;
    expect(groups.stalledMs()).toBe(7_000);

    // A flush that fails has ended, and stored nothing.
    receipts.push(groups.append([3], 1));
    store.flushes[1].fail(new Error('lock timeout'));
    await expect(receipts[1]).rejects.toThrow('lock timeout');
    expect(groups.stalledMs()).toBe(7_000);
    store.flushes[2].end();
    await receipts[2];
    await until(() => groups.depth() === 0);
    expect(groups.stalledMs()).toBe(0);

    let end = (): void => undefined;
    const alone = groups.alone(1, 1, () => new Promise<void>((resolve) => (end = resolve)));
    receipts.push(groups.append([4], 1));
    nowMs += 9_000;
    expect(groups.stalledMs()).toBe(9_000);
    end();
    await alone;
    expect(groups.stalledMs()).toBe(0);
    await until(() => store.flushes.length === 4);
    store.flushes[3].end();
    await receipts[3];
  });

  it('stops when all that it took in is answered, and takes in no more', async () => {
    const store = new ManualStore();
    const groups = new GroupCommit(store.flush, limits);
    const receipt = groups.append([1], 1);
    const stopped = groups.stop();
    await expect(groups.append([2], 1)).rejects.toMatchObject({ code: 'shutting_down' });
    await turn();
    store.flushes[0].end();
    await expect(receipt).resolves.toEqual(['stored 1']);
    await stopped;
  });

  it('gives every record its own receipt, in flushes within the limit, whatever comes when', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer(), { minLength: 1, maxLength: 25 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 3 }),
        async (appends, maxRows, maxFlushes) => {
          let inFlight = 0;
          const flush = async (records: readonly number[]) => {
            expect(records.length).toBeLessThanOrEqual(maxRows);
            expect(++inFlight).toBeLessThanOrEqual(maxFlushes);
            await turn();
            inFlight--;
            return records.map((r) => `stored ${r}`);
          };
          const groups = new GroupCommit(flush, { ...limits, maxRows, maxFlushes });
          const receipts = await Promise.all(appends.map((records) => groups.append(records, 1)));
          expect(receipts).toEqual(appends.map((records) => records.map((r) => `stored ${r}`)));
          expect(groups.depth()).toBe(0);
        },
      ),
    );
  });
});
