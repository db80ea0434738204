import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADDRESS_REGISTERS, AddressSketch, registerOf } from '../../src/core/addresses/address-sketch.js';
import type { AddressStore, SeenAddress } from '../../src/core/ports/access-store.js';
import type { AccessReceipt, NewAccessEntry } from '../../src/core/records/access-entry.js';
import {
  newAccessEntry,
  openAccessStores,
  type AccessProcess,
  type AccessStores,
} from '../support/access-stores.js';
import { runs } from '../support/property-runs.js';

const DAY_MICROS = 86_400e6;

let stores: AccessStores;
let one: AccessProcess;

beforeAll(async () => {
  stores = await openAccessStores();
});

beforeEach(async () => {
  await stores.clear();
  one = stores.process();
});

afterAll(() => stores?.close());

const running = new AbortController().signal;
const seenEntry = (ip: string, overrides: Partial<NewAccessEntry> = {}): NewAccessEntry =>
  newAccessEntry({ ip, upsertIp: true, createdAt, ...overrides });
const isNew = (receipts: readonly AccessReceipt[]): boolean[] =>
  receipts.map((receipt) => receipt.outcome === 'stored' && receipt.newIp);

const TODAY = Math.floor(Date.now() / 86_400_000);
/** Today, also where midnight comes in between. */
const createdAt = TODAY * DAY_MICROS;

async function seenOn(addresses: AddressStore, day: number): Promise<SeenAddress[]> {
  const all: SeenAddress[] = [];
  for await (const batch of addresses.seenOn(day, running)) all.push(...batch);
  return all;
}

async function ipsSeenOn(day: number): Promise<string[]> {
  return (await seenOn(one.addresses, day)).map(({ ip }) => ip).sort();
}

async function countsOf({ addresses }: AccessProcess, projectId = 1): Promise<[number, number]> {
  const { own, others } = await addresses.counts();
  return [own.get(projectId) ?? 0, others.get(projectId) ?? 0];
}

describe('an address', () => {
  it('is new to its first entry, once, and known to every later one', async () => {
    const first = await one.store.append([
      seenEntry('a'),
      seenEntry('b'),
      seenEntry('a'),
      newAccessEntry({ ip: 'c' }),
    ]);
    expect(isNew(first)).toEqual([true, true, false, false]);
    expect(isNew(await one.store.append([seenEntry('b'), seenEntry('c')]))).toEqual([false, true]);
    expect(isNew(await stores.process().store.append([seenEntry('c')]))).toEqual([false]);
    expect(await ipsSeenOn(TODAY)).toEqual(['a', 'b', 'c']);
  });

  it('is new to one entry, however many append it at once in whatever order', async () => {
    const ips = Array.from({ length: 300 }, (_, i) => `2001:db8::${i.toString(16)}`);
    const processes = [one, stores.process(), stores.process(), stores.process()];
    const receipts = await Promise.all(
      Array.from({ length: 8 }, (_, i) => {
        const order = i % 2 ? ips.toReversed() : [...ips.slice(i * 20), ...ips.slice(0, i * 20)];
        return processes[i % 4].store.append(order.map((ip) => seenEntry(ip)));
      }),
    );
    expect(receipts.flatMap(isNew).filter(Boolean)).toHaveLength(300);
    expect(await ipsSeenOn(TODAY)).toHaveLength(300);
    for (const process of processes) expect((await countsOf(process)).reduce((a, b) => a + b)).toBe(300);
  });

  it('belongs to a project', async () => {
    const projectId = await stores.addProject('addresses');
    expect(isNew(await one.store.append([seenEntry('a'), seenEntry('a', { projectId })]))).toEqual([
      true,
      true,
    ]);
    expect((await seenOn(one.addresses, TODAY)).map((address) => address.projectId)).toEqual([1, projectId]);
    expect(await countsOf(one, projectId)).toEqual([1, 0]);
  });

  it('keeps the last UTC day on which it was seen', async () => {
    const midnight = Date.parse('2026-11-03T00:00:00Z') * 1000;
    const day = midnight / DAY_MICROS;
    await one.store.append([
      seenEntry('a', { createdAt: midnight - 1 }),
      seenEntry('b', { createdAt: midnight }),
    ]);
    expect([await ipsSeenOn(day - 1), await ipsSeenOn(day), await ipsSeenOn(day + 1)]).toEqual([
      ['a'],
      ['b'],
      [],
    ]);
    const later = [
      seenEntry('a', { createdAt: midnight }),
      seenEntry('a', { createdAt: midnight + DAY_MICROS }),
    ];
    expect(isNew(await one.store.append(later))).toEqual([false, false]);
    expect(isNew(await one.store.append([seenEntry('b', { createdAt: midnight - 1 })]))).toEqual([false]);
    expect([await ipsSeenOn(day - 1), await ipsSeenOn(day), await ipsSeenOn(day + 1)]).toEqual([
      [],
      ['b'],
      ['a'],
    ]);
  });
});

describe('counts', () => {
  it('tell what this process counted from what others did', async () => {
    const other = stores.process();
    await one.store.append([seenEntry('a'), seenEntry('b')]);
    await other.store.append([seenEntry('b'), seenEntry('c')]);
    expect(await countsOf(one)).toEqual([2, 1]);
    expect(await countsOf(other)).toEqual([1, 2]);
    expect(await countsOf(stores.process())).toEqual([0, 3]);
  });

  it('are the number of addresses, whatever is appended by whom and forgotten', async () => {
    const step = fc.record({
      process: fc.nat(2),
      ips: fc.array(fc.nat(30), { maxLength: 10 }),
      day: fc.nat(5),
      forget: fc.option(fc.nat(6), { nil: null, freq: 3 }),
    });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      await stores.clear();
      const processes = Array.from({ length: 3 }, () => stores.process());
      const told = [0, 0, 0];
      await Promise.all(
        steps.map(async ({ process, ips, day, forget }) => {
          const createdAt = 20_000 * DAY_MICROS + day * DAY_MICROS;
          const receipts = await processes[process].store.append(
            ips.map((ip) => seenEntry(`${ip}`, { createdAt })),
          );
          told[process] += isNew(receipts).filter(Boolean).length;
          if (forget !== null) await processes[process].addresses.forgetBefore(20_000 + forget, running);
        }),
      );
      const left = await stores.count('ip_addresses');
      for (const [i, process] of processes.entries()) {
        const [own, others] = await countsOf(process);
        expect(own).toBe(told[i]);
        expect(own + others).toBe(left);
      }
    });
    await fc.assert(property, { numRuns: runs(30) });
  });
});

describe('seenOn and forgetBefore', () => {
  it('go through more addresses than a batch, and end early when they are told to', async () => {
    const projectId = await stores.addProject('many');
    const many = Array.from({ length: 12_000 }, (_, i) =>
      seenEntry(`10.0.${i >> 8}.${i & 255}`, {
        projectId: i % 2 ? 1 : projectId,
        createdAt: (20_000 + (i % 3)) * DAY_MICROS,
      }),
    );
    await one.store.append(many);
    const batches: number[] = [];
    for await (const batch of one.addresses.seenOn(20_001, running)) batches.push(batch.length);
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.reduce((a, b) => a + b)).toBe(4_000);
    expect(await ipsSeenOn(20_001)).toEqual(
      many
        .filter((_, i) => i % 3 === 1)
        .map(({ ip }) => ip!)
        .sort(),
    );
    const stop = new AbortController();
    let seen = 0;
    for await (const batch of one.addresses.seenOn(20_001, stop.signal)) {
      seen += batch.length;
      stop.abort();
    }
    expect(seen).toBe(batches[0]);

    await one.addresses.forgetBefore(20_001, stop.signal);
    expect(await stores.count('ip_addresses')).toBe(12_000);
    await one.addresses.forgetBefore(20_001, running);
    expect(await stores.count('ip_addresses')).toBe(8_000);
    expect(await ipsSeenOn(20_000)).toEqual([]);
    expect(await ipsSeenOn(20_001)).toHaveLength(4_000);
    expect((await countsOf(one)).reduce((a, b) => a + b)).toBe(4_000);
    expect(isNew(await one.store.append(many.slice(0, 3)))).toEqual([true, false, false]);
  });
});

describe('approximate', () => {
  it('keeps registers in place of addresses, and tells what raises one', async () => {
    const [mine, other] = Array.from({ length: 2 }, () => stores.process({ uniqueIps: 'approximate' }));
    const ips = Array.from({ length: 3_000 }, (_, i) => `2001:db8::${i.toString(16)}`);
    const sketch = new AddressSketch();
    for (const ip of ips) sketch.add(ip);
    const receipts = await mine.store.append([...ips, ...ips].map((ip) => seenEntry(ip)));
    expect(await other.store.append(ips.map((ip) => seenEntry(ip)))).toEqual(
      ips.map(() => ({ outcome: 'stored', newIp: false })),
    );
    const registers = await other.addresses.registers(1);
    expect(registers).toHaveLength(ADDRESS_REGISTERS);
    const read = new AddressSketch();
    read.merge(registers);
    expect(read.estimate()).toBe(sketch.estimate());
    const raised = isNew(receipts).filter(Boolean).length;
    expect(raised).toBe(new Set(ips.map((ip) => registerOf(ip).register)).size);
    expect(await countsOf(mine)).toEqual([raised, 0]);
    expect(await countsOf(other)).toEqual([0, raised]);
    expect(await seenOn(mine.addresses, TODAY)).toEqual([]);
    expect((await other.addresses.registers(2)).every((rank) => rank === 0)).toBe(true);
  });

  it('is counted apart from what was counted exactly before', async () => {
    await one.store.append([seenEntry('192.0.2.1'), seenEntry('192.0.2.2')]);
    const approximate = stores.process({ uniqueIps: 'approximate' });
    await approximate.store.append([seenEntry('192.0.2.1')]);
    expect(await countsOf(approximate)).toEqual([1, 0]);
    await approximate.addresses.forgetBefore(1e5, running);
    expect(await countsOf(one)).toEqual([2, 0]);
  });
});
