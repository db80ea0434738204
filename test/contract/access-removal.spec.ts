import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SeenAddresses } from '../../src/access/unique-ips/seen-addresses.js';
import { Archive } from '../../src/archive/archive.js';
import { newAccessEntry, openAccessStores, type AccessStores } from '../support/access-stores.js';
import { TestClock } from '../support/test-clock.js';

const NOW_MS = Date.parse('2026-11-03T10:17:23.123Z');
const NOW = NOW_MS * 1000;
const never = new AbortController().signal;
const clock = new TestClock(NOW_MS);
const TABLES = [
  'access_logs',
  'access_totals',
  'access_rollups',
  'access_uniques',
  'access_hours',
  'access_answers',
  'ip_addresses',
  'ip_counts',
  'ip_registers',
] as const;

let stores: AccessStores;
let made = 0;

beforeAll(async () => {
  stores = await openAccessStores();
});

afterEach(() => stores.clear());

afterAll(() => stores.close());

const addProject = () => stores.addProject(`removed-${(made += 1)}`);
const compact = () => stores.counter.count({ now: NOW, maxNames: 100 });

function entriesOf(projectId: number, count: number) {
  return Array.from({ length: count }, (_, n) =>
    newAccessEntry({ projectId, createdAt: NOW, ip: `192.0.2.${n}`, upsertIp: true, path: `/${n}` }),
  );
}

/** Something of a project in every table that holds something of one. */
async function fill(projectId: number): Promise<void> {
  await stores.process().store.append(entriesOf(projectId, 20));
  await stores.process({ uniqueIps: 'approximate' }).store.append(entriesOf(projectId, 20));
  await compact();
  await stores.process().store.appendOnce({
    projectId,
    key: 'ab'.repeat(32),
    bodyDigest: 'cd'.repeat(32),
    entries: entriesOf(projectId, 5),
    expiresAtMs: NOW_MS + 60_000,
    answer: () => ({}),
  });
}

async function rowsOf(projectId: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of TABLES) counts[table] = await stores.count(`${table} where project_id = ${projectId}`);
  return counts;
}

const nothing = Object.fromEntries(TABLES.map((table) => [table, 0]));

describe('the entries of a project', () => {
  it('are removed with all that is kept of them, and no others', async () => {
    const id = await addProject();
    for (const project of [1, id]) await fill(project);
    const others = await rowsOf(1);
    expect(Object.values(await rowsOf(id)).filter((count) => count === 0)).toEqual([]);
    await stores.maintenance.removeProject(id);
    expect(await rowsOf(id)).toEqual(nothing);
    expect(await rowsOf(1)).toEqual(others);
    await stores.maintenance.removeProject(id);
  });

  it('do not come back, whatever is counted meanwhile and waits to be', async () => {
    for (let round = 0; round < 5; round++) {
      const id = await addProject();
      for (let n = 0; n < 3; n++) await stores.process().store.append(entriesOf(id, 50));
      const counting = compact();
      await stores.forgetProject(id);
      await Promise.all([counting, stores.maintenance.removeProject(id), compact()]);
      await compact();
      expect(await rowsOf(id)).toEqual(nothing);
    }
  });
});

it.each(['exact', 'approximate'] as const)(
  'the addresses of a removed project are forgotten by every process (UNIQUE_IPS=%s)',
  async (uniqueIps) => {
    const id = await addProject();
    const { store, addresses } = stores.process({ uniqueIps });
    const known = new SeenAddresses(addresses, uniqueIps, () => 20_000);
    const look = async () => known.looked(await addresses.counts(), false);
    for (const project of [1, id]) {
      const receipts = await store.append(entriesOf(project, 20));
      for (const receipt of receipts) {
        if (receipt.outcome === 'stored' && receipt.newIp) known.of(project).tally.received();
      }
    }
    await look();
    const [mine, theirs] = [known.of(1).count, known.of(id).count];
    expect(known.total()).toBe(mine + theirs);
    await stores.maintenance.removeProject(id);
    await look();
    expect([known.total(), known.of(id).count]).toEqual([mine, 0]);
  },
);

describe('the archive', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'sightline-removal-'));
  const folder = path.join(dir, 'projects', 'demo');
  const hour = path.join(folder, 'logs', '2026-11-03', '10.log.json');
  let projects = new Map<string, number>();

  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const update = () =>
    new Archive(dir, {
      hours: {
        hours: async () =>
          (await stores.hours.hours()).map((one) => {
            const name = [...projects].find(([, id]) => id === one.projectId)?.[0];
            return { ...one, project: name ?? one.project };
          }),
        has: (projectId, of) => stores.hours.has(projectId, of),
      },
      entries: stores.reader,
      stats: stores.stats(clock),
      projects: { list: () => Promise.resolve(projects) },
      clock,
    }).update(never);

  async function store(projectId: number, count: number): Promise<void> {
    await stores.process().store.append(entriesOf(projectId, count));
    await compact();
  }

  const lines = () => readFileSync(hour, 'utf8').trim().split('\n').length;

  it('removes the files of a project that is gone, and keeps those of the others', async () => {
    const [id, stayingId] = [await addProject(), await addProject()];
    projects = new Map([
      ['default', 1],
      ['demo', id],
      ['shop', stayingId],
    ]);
    for (const project of [1, id, stayingId]) await store(project, 3);
    await update();
    expect(lines()).toBe(3);
    await stores.maintenance.removeProject(id);
    projects.delete('demo');
    await update();
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(path.join(dir, 'projects', 'shop', 'logs', '2026-11-03', '10.log.json'))).toBe(true);
    expect(existsSync(path.join(dir, 'logs', '2026-11-03', '10.log.json'))).toBe(true);
  });

  it('takes nothing of a project for that of the next one of the same name', async () => {
    const [first, second] = [await addProject(), await addProject()];
    projects = new Map([['demo', first]]);
    await store(first, 3);
    await update();
    await stores.maintenance.removeProject(first);
    projects = new Map([['demo', second]]);
    // as many compactions, and so the same revision
    await store(second, 7);
    await update();
    expect(lines()).toBe(7);
  });
});
