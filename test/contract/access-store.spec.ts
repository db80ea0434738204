import { randomBytes, randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AccessStore, OnceRequest } from '../../src/core/ports/access-store.js';
import { PositionMoved, type LogMove } from '../../src/core/ports/log-append.js';
import type { AccessReceipt, NewAccessEntry } from '../../src/core/records/access-entry.js';
import { newAccessEntry, openAccessStores, type AccessStores } from '../support/access-stores.js';
import { runs } from '../support/property-runs.js';

let stores: AccessStores;
let store: AccessStore;

/** How many entries are in blocks, to be counted. */
async function toBeCounted(): Promise<number> {
  return (await stores.counted.backlog()).reduce((sum, { size }) => sum + size, 0);
}

beforeAll(async () => {
  Logger.overrideLogger(false);
  stores = await openAccessStores();
});

beforeEach(async () => {
  await stores.clear();
  store = stores.process().store;
});

afterAll(() => stores?.close());

const stored: AccessReceipt = { outcome: 'stored', newIp: false };
const entries = (n: number, of: (i: number) => Partial<NewAccessEntry> = () => ({})): NewAccessEntry[] =>
  Array.from({ length: n }, (_, i) => newAccessEntry(of(i)));
const rejectedOf = (receipts: readonly AccessReceipt[]): number =>
  receipts.filter(({ outcome }) => outcome === 'rejected').length;

/** The database refuses entries with this path while `work` runs. */
async function refusing(path: string, work: () => Promise<void>): Promise<void> {
  await stores.sql(`alter table access_logs add constraint no_bad check (path <> '${path}')`);
  await work().finally(() => stores.sql('alter table access_logs drop constraint no_bad'));
}

describe('append', () => {
  it('answers nothing for nothing', async () => {
    await expect(store.append([])).resolves.toEqual([]);
  });

  it('writes a row of each entry and counts it, the same ones too', async () => {
    const entry = newAccessEntry();
    expect(await store.append([entry, entry, newAccessEntry({ ip: null, path: '/only' })])).toEqual([
      stored,
      stored,
      stored,
    ]);
    expect(await stores.count('access_logs')).toBe(3);
    expect(await toBeCounted()).toBe(3);
    expect(await stores.count('ip_addresses')).toBe(0);
  });

  it('makes a missing partition on the way', async () => {
    const createdAt = Date.parse('2025-03-04T23:59:59.999Z') * 1000;
    await store.append([newAccessEntry({ createdAt }), newAccessEntry({ createdAt: createdAt + 1000 })]);
    expect(await stores.count('access_logs')).toBe(2);
    const [{ id }] = await stores.counted.backlog();
    const [{ rows }] = await stores.counted.blocks([id]);
    const day = Date.parse('2025-03-04') / 86_400_000;
    expect(rows.map(([, ofReceipt]) => ofReceipt)).toEqual([day, day + 1]);
  });

  it('keeps only failures as rows where it is told so, and counts all', async () => {
    const { store: sparing } = stores.process({ keep: 'errors' });
    const statuses = [200, 399, 400, 404, 599, null];
    const ips = statuses.map((_, i) => `192.0.2.${i}`);
    const receipts = await sparing.append(
      statuses.map((status, i) => newAccessEntry({ status, ip: ips[i], upsertIp: true })),
    );
    expect(receipts).toEqual(statuses.map(() => ({ outcome: 'stored', newIp: true })));
    const kept = await stores.reader.page(1, {}, { limit: 10, offset: 0 });
    expect(kept.entries.map((entry) => entry.Status).sort()).toEqual([400, 404, 599]);
    expect(await toBeCounted()).toBe(6);
    expect(await stores.count('ip_addresses')).toBe(6);
  });

  it('splits off what the database refuses, and stores its neighbours', async () => {
    const mixed = entries(50, (i) => ({
      path: i % 17 === 3 ? '/bad' : '/good',
      ip: `192.0.2.${i}`,
      upsertIp: true,
    }));
    await refusing('/bad', async () => {
      const receipts = await store.append(mixed);
      receipts.forEach((receipt, i) => {
        expect(receipt).toEqual(
          mixed[i].path === '/bad'
            ? {
                outcome: 'rejected',
                message: 'The database refused this entry',
                cause: expect.stringMatching(/constraint/i) as unknown,
              }
            : { outcome: 'stored', newIp: true },
        );
      });
    });
    expect(await stores.count('access_logs')).toBe(47);
    expect(await toBeCounted()).toBe(47);
    expect(await stores.count('ip_addresses')).toBe(47);
  });

  it('leaves nothing behind when it fails', async () => {
    await stores.sql('alter table access_blocks rename to access_blocks_away');
    const entry = newAccessEntry({ upsertIp: true });
    await expect(store.append([entry])).rejects.toThrow();
    await stores.sql('alter table access_blocks_away rename to access_blocks');
    expect(await store.append([entry])).toEqual([{ outcome: 'stored', newIp: true }]);
    expect(await stores.count('access_logs')).toBe(1);
  });

  it('gives back every value as it was, whatever it is', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 50 }).map((value) => value.replaceAll('\0', ''));
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
    const overrides = fc.record({
      ip: maybe(fc.oneof(fc.ipV4(), fc.ipV6())),
      method: maybe(fc.constantFrom('GET', 'OPTIONS')),
      path: maybe(fc.oneof(text, fc.constant('é/'.repeat(1024)))),
      userAgent: maybe(fc.oneof(text, fc.constant('💡'.repeat(1024)))),
      status: maybe(fc.integer({ min: 100, max: 599 })),
      latencyMs: maybe(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 })),
      timestamp: fc.integer({ min: 0, max: 4102444800000000 }),
      reportedTimestamp: maybe(fc.integer({ min: 0, max: 4102444800000000 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(overrides, { minLength: 1, maxLength: 5 }), async (many) => {
        await stores.clear();
        await store.append(many.map((some) => newAccessEntry(some)));
        const { entries: found } = await stores.reader.page(1, {}, { limit: 10, offset: 0 });
        const values = found
          .toSorted((a, b) => a.id - b.id)
          .map(({ IP, Method, Path, Status, LatencyMs, UserAgent, Timestamp }) => ({
            ip: IP,
            method: Method,
            path: Path,
            userAgent: UserAgent,
            status: Status,
            latencyMs: LatencyMs,
            timestamp: Math.floor(Date.parse(Timestamp)),
          }));
        expect(values).toEqual(
          many.map(({ ip, method, path, userAgent, status, latencyMs, timestamp }) => ({
            ip,
            method,
            path,
            userAgent,
            status,
            latencyMs: latencyMs === 0 ? 0 : latencyMs,
            timestamp: Math.floor(timestamp / 1000),
          })),
        );
      }),
      { numRuns: runs(40) },
    );
  });
});

describe('appendOnce', () => {
  const hex = (): string => randomBytes(32).toString('hex');
  const onceRequest = (overrides: Partial<OnceRequest> = {}): OnceRequest => ({
    projectId: 1,
    key: hex(),
    bodyDigest: 'ab'.repeat(32),
    entries: entries(3),
    expiresAtMs: Date.now() + 86_400_000,
    answer: (receipts) => ({ accepted: receipts.length - rejectedOf(receipts), text: '1\0"é', z: 1, a: 2 }),
    ...overrides,
  });

  it('stores once, and answers the second time as the first', async () => {
    const request = onceRequest();
    const first = await store.appendOnce(request);
    expect(first.receipts).toEqual([stored, stored, stored]);
    const again = await stores.process().store.appendOnce({ ...request, answer: () => 'not asked' });
    expect(again.receipts).toEqual([]);
    expect(JSON.stringify(again.answer)).toBe(JSON.stringify(first.answer));
    expect(await stores.count('access_logs')).toBe(3);
    expect(await toBeCounted()).toBe(3);
  });

  it('keeps keys of projects apart, refuses another body, and forgets what has expired', async () => {
    const request = onceRequest({ expiresAtMs: Date.now() - 1 });
    const theirs = { ...request, projectId: await stores.addProject('once') };
    expect((await store.appendOnce(theirs)).receipts).toHaveLength(3);
    expect((await store.appendOnce(request)).receipts).toHaveLength(3);
    const anew = { ...request, bodyDigest: hex(), expiresAtMs: Date.now() + 60_000 };
    expect((await store.appendOnce(anew)).receipts).toHaveLength(3);
    await expect(store.appendOnce({ ...anew, bodyDigest: hex() })).rejects.toMatchObject({
      code: 'idempotency_conflict',
    });
    expect(await stores.count('access_logs')).toBe(9);
  });

  it('has its effect once, however many send it at once, in however many processes', async () => {
    const processes = Array.from({ length: 4 }, () => stores.process().store);
    const requests = Array.from({ length: 5 }, (_, i) =>
      onceRequest({ entries: entries(10, (j) => ({ ip: `198.51.100.${(i + j) % 7}`, upsertIp: true })) }),
    );
    const results = await Promise.all(
      requests.flatMap((request) =>
        processes.flatMap((one) => [one.appendOnce(request), one.appendOnce(request)]),
      ),
    );
    expect(results.filter(({ receipts }) => receipts.length > 0)).toHaveLength(5);
    expect(new Set(results.map(({ answer }) => JSON.stringify(answer))).size).toBe(1);
    expect(await stores.count('access_logs')).toBe(50);
    const told = results.flatMap(({ receipts }) => receipts).filter((r) => r.outcome === 'stored' && r.newIp);
    expect(told).toHaveLength(7);
  });

  it('takes requests of more entries than a statement, with refused ones and missing partitions', async () => {
    const createdAt = Date.parse('2025-04-04T12:00:00Z') * 1000;
    const many = entries(12_000, (i) => ({
      path: i % 5_000 === 7 ? '/bad' : '/good',
      ip: `10.0.${(i % 6_000) >> 8}.${i % 256}`,
      upsertIp: true,
      createdAt: createdAt + (i % 2) * 86_400_000_000,
    }));
    await refusing('/bad', async () => {
      const { receipts, answer } = await store.appendOnce(onceRequest({ entries: many }));
      expect(rejectedOf(receipts)).toBe(3);
      expect(answer).toMatchObject({ accepted: 11_997 });
      const told = receipts.filter((receipt) => receipt.outcome === 'stored' && receipt.newIp).length;
      expect(told).toBe(await stores.count('ip_addresses'));
    });
    expect(await stores.count('access_logs')).toBe(11_997);
  });

  it('leaves neither key nor entries behind when it fails', async () => {
    const failing = onceRequest({
      answer: () => {
        throw new Error('no answer');
      },
    });
    await expect(store.appendOnce(failing)).rejects.toThrow('no answer');
    expect(await stores.count('access_logs')).toBe(0);
    expect((await store.appendOnce({ ...failing, answer: () => 'now' })).answer).toBe('now');
  });
});

describe('append from a log', () => {
  const nothing = () => Promise.resolve();
  let topicId: string;
  const moves = (from: number | null, to: number): LogMove[] => [
    { topicId, topic: 'access', partition: 0, from, to },
  ];

  beforeEach(() => {
    topicId = randomUUID();
  });

  it('moves the position with what it stores, counts and sees of addresses', async () => {
    const [known, fresh] = entries(2, (i) => ({ ip: `192.0.2.${i}`, upsertIp: i === 1 }));
    const receipts = await store.appendFrom({
      records: [known, fresh],
      moves: moves(null, 3),
      settle: nothing,
    });
    expect(receipts).toEqual([stored, { outcome: 'stored', newIp: true }]);
    expect([await stores.count('access_logs'), await toBeCounted()]).toEqual([2, 2]);
    expect(await store.positions([topicId])).toEqual([
      { topicId, topic: 'access', partition: 0, offset: 3, movedAtMs: expect.any(Number) },
    ]);
  });

  it('stores nothing where another one has moved the position, or where it cannot be settled', async () => {
    await store.appendFrom({ records: [], moves: moves(null, 10), settle: nothing });
    const records = entries(3, () => ({ upsertIp: true }));
    for (const from of [null, 9, 11]) {
      await expect(
        store.appendFrom({ records, moves: moves(from, 12), settle: nothing }),
      ).rejects.toBeInstanceOf(PositionMoved);
    }
    const settle = () => Promise.reject(new Error('nowhere to bury it'));
    await expect(store.appendFrom({ records, moves: moves(10, 12), settle })).rejects.toThrow('nowhere');
    expect([await stores.count('access_logs'), await toBeCounted()]).toEqual([0, 0]);
    expect(await stores.count('ip_addresses')).toBe(0);
    expect((await store.positions([topicId]))[0].offset).toBe(10);
  });

  it('lets one of many that read the same store it', async () => {
    const records = entries(20);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, () => store.appendFrom({ records, moves: moves(null, 20), settle: nothing })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await stores.count('access_logs')).toBe(20);
  });

  it('stores a request with a key once, whatever came of it before, and refuses another body', async () => {
    const hex = () => randomBytes(32).toString('hex');
    const once = {
      projectId: 1,
      key: hex(),
      bodyDigest: hex(),
      expiresAtMs: Date.now() + 60_000,
      answer: () => ({ message: 'Log queued' }),
    };
    expect(await store.answerTo(once)).toBeUndefined();
    await store.appendFrom({ records: entries(2), moves: moves(null, 1), settle: nothing, once });
    const repeat = await store.appendFrom({ records: entries(2), moves: moves(1, 2), settle: nothing, once });
    expect([repeat, await stores.count('access_logs')]).toEqual([[], 2]);
    expect(await store.answerTo(once)).toEqual({ message: 'Log queued' });
    const other = { ...once, bodyDigest: hex() };
    await expect(store.answerTo(other)).rejects.toMatchObject({ code: 'idempotency_conflict' });
    const batch = { records: entries(1), moves: moves(2, 3), settle: nothing, once: other };
    await expect(store.appendFrom(batch)).rejects.toMatchObject({ code: 'idempotency_conflict' });
    expect((await store.positions([topicId]))[0].offset).toBe(2);
  });
});
