import { Counter, Histogram } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UniqueIps } from '../../src/access/unique-ips/unique-ips.js';
import { canonicalIp } from '../../src/core/addresses/ip-address.js';
import { SightlineError } from '../../src/core/errors.js';
import type { AccessStore, AddressStore, OnceRequest } from '../../src/core/ports/access-store.js';
import type { AccessReceipt, NewAccessEntry } from '../../src/core/records/access-entry.js';
import { DAY_MS } from '../../src/core/time.js';
import { DirectAccessDelivery, FlushMetrics } from '../../src/delivery/direct/direct-delivery.js';
import {
  newAccessEntry,
  openAccessStores,
  type AccessProcess,
  type AccessStores,
} from '../support/access-stores.js';
import { configOf } from '../support/config.js';
import { TestClock } from '../support/test-clock.js';
import { SOON_MS, until } from '../support/until.js';

const PROJECT = 1;

let stores: AccessStores;
let clock: TestClock;
let started: UniqueIps[];

/** The store of one process, with a fault that a test may switch on. */
class Faulty {
  isAway = false;
  losesAnswers = false;
  answersAfterMs = 0;

  constructor(readonly real: AccessProcess) {}

  readonly store: AccessStore = {
    append: async (entries) => {
      this.refuseIfAway();
      const receipts = await this.real.store.append(entries);
      clock.advance(this.answersAfterMs);
      if (this.losesAnswers) throw new SightlineError('storage_unavailable', 'gone after the commit');
      return receipts;
    },
    appendOnce: (request: OnceRequest) => this.real.store.appendOnce(request),
    appendFrom: (batch) => this.real.store.appendFrom(batch),
    answerTo: (request) => this.real.store.answerTo(request),
    positions: (topicIds) => this.real.store.positions(topicIds),
  };

  readonly addresses: AddressStore = {
    counts: async () => {
      this.refuseIfAway();
      return this.real.addresses.counts();
    },
    seenOn: (day, stop) => {
      this.refuseIfAway();
      return this.real.addresses.seenOn(day, stop);
    },
    forgetBefore: (day, stop) => this.real.addresses.forgetBefore(day, stop),
    registers: (projectId) => this.real.addresses.registers(projectId),
  };

  private refuseIfAway(): void {
    if (this.isAway) throw new SightlineError('storage_unavailable', 'away');
  }
}

/** As much of a server's process as counts addresses. */
interface Process {
  ips: UniqueIps;
  faults: Faulty;
  /** Appends an entry from each address; gives how many were new. */
  append: (addresses: readonly string[], projectId?: number) => Promise<number>;
}

async function startProcess(env: Record<string, string> = {}, isAway = false): Promise<Process> {
  const config = configOf(env);
  const faults = new Faulty(stores.process({ keep: 'errors', uniqueIps: config.uniqueIps }));
  faults.isAway = isAway;
  const observer = () => new Histogram({ name: 'unused', help: 'unused', registers: [] });
  const failures = new Counter({ name: 'unused', help: 'unused', registers: [] });
  const flushes = new FlushMetrics(observer(), observer(), failures);
  const delivery = new DirectAccessDelivery(config, faults.store, flushes, {
    refusedEntries: () => Promise.resolve(),
  });
  const ips = new UniqueIps(faults.addresses, delivery, clock, config);
  started.push(ips);
  await ips.onModuleInit();
  const append = async (addresses: readonly string[], projectId = PROJECT): Promise<number> => {
    const createdAt = clock.nowMs() * 1000;
    const entries = addresses.map((ip): NewAccessEntry => {
      return newAccessEntry({ projectId, ip, createdAt, upsertIp: ips.needsUpsert(projectId, ip) });
    });
    const receipts = await delivery.append(entries, 1);
    ips.takeReceipts(entries, receipts);
    return receipts.filter(isNew).length;
  };
  return { ips, faults, append };
}

function isNew(receipt: AccessReceipt): boolean {
  return receipt.outcome === 'stored' && receipt.newIp;
}

const ipv4 = (n: number) => `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`;
const ipv6 = (n: number) =>
  canonicalIp(`2001:db8:${(n % 7).toString(16)}::${(n >>> 16).toString(16)}:${(n & 0xffff).toString(16)}`)!;
const anyOf = (n: number) => (n % 3 === 0 ? ipv6(n) : ipv4(0x0a000000 + n));

/** Addresses by chance, of so many; each appender meets those of the others. */
function someOf(pool: number, count: number): string[] {
  return Array.from({ length: count }, () => anyOf(Math.floor(Math.random() * pool)));
}

beforeAll(async () => {
  stores = await openAccessStores();
});

beforeEach(() => {
  clock = new TestClock(Date.now() - 4 * DAY_MS);
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((ips) => ips.onApplicationShutdown()));
  await stores.clear();
});

afterAll(() => stores.close());

describe('UniqueIps', () => {
  it('is exact in every process while many append, and after a new start', async () => {
    const processes = [await startProcess(), await startProcess()];
    const seen = new Set<string>();
    let told = 0;
    const appender = async (n: number): Promise<void> => {
      for (let round = 0; round < 12; round++) {
        const addresses = someOf(9_000, 1 + Math.floor(Math.random() * 400));
        for (const ip of addresses) seen.add(ip);
        const fresh = await processes[n % 2].append(addresses);
        told += fresh;
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, n) => appender(n)));
    expect(told).toBe(seen.size);
    await until(() => processes.every(({ ips }) => ips.count(PROJECT) === seen.size), SOON_MS);

    const { ips } = await startProcess();
    expect([ips.count(PROJECT), ips.total()]).toEqual([seen.size, seen.size]);
    await until(() => [...seen].every((ip) => !ips.needsUpsert(PROJECT, ip)));
  });

  it('knows after a new start what was seen today, and holds nothing else', async () => {
    const { append } = await startProcess();
    await append(Array.from({ length: 3_000 }, (_, n) => ipv4(n)));
    clock.advance(DAY_MS);
    await append([ipv4(7), '192.0.2.1']);
    const restarted = await startProcess();
    await until(
      () => !restarted.ips.needsUpsert(PROJECT, ipv4(7)) && !restarted.ips.needsUpsert(PROJECT, '192.0.2.1'),
    );
    expect(restarted.ips.count(PROJECT)).toBe(3_001);
    expect(restarted.ips.needsUpsert(PROJECT, ipv4(8))).toBe(true);
    expect(restarted.ips.report(PROJECT).estimated_memory_usage_bytes).toBeLessThan(3_000);
    expect(await restarted.append([ipv4(7), ipv4(8)])).toBe(0);
    expect(restarted.ips.needsUpsert(PROJECT, ipv4(8))).toBe(false);
  });

  it('upserts again today what was answered after midnight', async () => {
    const { ips, append, faults } = await startProcess();
    faults.answersAfterMs = DAY_MS;
    expect(await append(['192.0.2.1'])).toBe(1);
    faults.answersAfterMs = 0;
    expect(ips.needsUpsert(PROJECT, '192.0.2.1')).toBe(true);
    expect(await append(['192.0.2.1'])).toBe(0);
    expect([ips.needsUpsert(PROJECT, '192.0.2.1'), ips.count(PROJECT)]).toEqual([false, 1]);
  });

  it('counts its own at once, each project for itself', async () => {
    const { ips, append } = await startProcess();
    const other = await stores.addProject('another');
    expect(await append(['192.0.2.1', '192.0.2.2', '192.0.2.1'])).toBe(2);
    expect(await append(['192.0.2.2', '2001:db8::1'], other)).toBe(2);
    expect(await append(['192.0.2.2'])).toBe(0);
    expect([ips.count(PROJECT), ips.count(other), ips.count(9_999), ips.total()]).toEqual([2, 2, 0, 4]);
    expect(ips.needsUpsert(PROJECT, '2001:db8::1')).toBe(true);
    expect(ips.report(other)).toMatchObject({ unique_ip_addresses: 2, counting: 'exact' });
  });

  it('counts what was committed when the answer was lost, and goes on exactly', async () => {
    const { ips, append, faults } = await startProcess();
    await append(['192.0.2.1']);
    faults.losesAnswers = true;
    await expect(append(['192.0.2.2', '192.0.2.3'])).rejects.toThrow('gone');
    faults.losesAnswers = false;
    await until(() => ips.count(PROJECT) === 3, SOON_MS);
    expect(await append(['192.0.2.3', '192.0.2.4', '192.0.2.5'])).toBe(2);
    expect(ips.count(PROJECT)).toBe(5);
  });

  it('keeps what it knows while the store is away, and catches up', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await one.append(['192.0.2.1', '192.0.2.2']);
    one.faults.isAway = true;
    const third = await startProcess({}, true);
    await two.append(['192.0.2.3']);
    await expect(one.append(['192.0.2.4'])).rejects.toThrow('away');
    expect([one.ips.count(PROJECT), one.ips.needsUpsert(PROJECT, '192.0.2.1')]).toEqual([2, false]);
    expect(third.ips.count(PROJECT)).toBe(0);
    one.faults.isAway = third.faults.isAway = false;
    const all = [one, two, third];
    await until(() => all.every(({ ips }) => ips.count(PROJECT) === 3), SOON_MS);
    await until(() => !third.ips.needsUpsert(PROJECT, '192.0.2.3'));
  });

  it('upserts an address once a day, and forgets one that was not seen for IP_TTL_DAYS', async () => {
    const { ips, append, faults } = await startProcess({ IP_TTL_DAYS: '2' });
    const many = Array.from({ length: 3_000 }, (_, n) => ipv4(n));
    await append([...many, '192.0.2.1', '192.0.2.2']);
    const held = ips.report(PROJECT).estimated_memory_usage_bytes;
    clock.advance(DAY_MS);
    expect(ips.needsUpsert(PROJECT, '192.0.2.1')).toBe(true);
    expect(await append(['192.0.2.1'])).toBe(0);
    clock.advance(2 * DAY_MS);

    const today = Math.floor(clock.nowMs() / DAY_MS);
    await faults.addresses.forgetBefore(today - 2, new AbortController().signal);
    await until(() => ips.count(PROJECT) === 1);
    expect(await append(['192.0.2.1', '192.0.2.2'])).toBe(1);
    expect(ips.count(PROJECT)).toBe(2);
    await until(() => ips.report(PROJECT).estimated_memory_usage_bytes < held / 2);
    expect((await startProcess({ IP_TTL_DAYS: '2' })).ips.count(PROJECT)).toBe(2);
  });

  it('approximates 200,000 within 1 % in 66 kB, in every process and after a new start', async () => {
    const approximate = { UNIQUE_IPS: 'approximate' };
    const processes = [await startProcess(approximate), await startProcess(approximate)];
    for (let n = 0; n < 200_000; n += 10_000) {
      const addresses = Array.from({ length: 10_000 }, (_, i) => anyOf(n + i));
      await processes[(n / 10_000) % 2].append(addresses);
    }
    const isClose = ({ ips }: Process) => Math.abs(ips.count(PROJECT) / 200_000 - 1) < 0.01;
    await until(() => processes.every(isClose), SOON_MS);
    const third = await startProcess(approximate);
    await until(() => processes.every(({ ips }) => ips.count(PROJECT) === third.ips.count(PROJECT)));
    expect(third.ips.report(PROJECT).estimated_memory_usage_bytes).toBeLessThan(66_000);
    expect(await third.append([anyOf(5), anyOf(6)])).toBe(0);
  });
});
