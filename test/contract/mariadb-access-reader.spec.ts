import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AccessFilter, AccessPosition, AccessReader } from '../../src/core/ports/access-reader.js';
import { parseRfc3339 } from '../../src/core/records/rfc3339.js';
import { newAccessEntry, openAccessStores, type AccessStores } from '../support/access-stores.js';
import { statementsOf } from '../support/mysql-database.js';

const PAGE = 100;
const at = (time: string) => parseRfc3339(time)!;

let stores: AccessStores;
let reader: AccessReader;

// 80,000 entries of one day, one a second, and a partition for another.
beforeAll(async () => {
  stores = await openAccessStores();
  ({ reader } = stores);
  const days = ['2026-11-03T00:00:00Z', '2026-11-04T00:00:00Z'].map(at);
  await stores
    .process()
    .store.append(days.map((day) => newAccessEntry({ createdAt: day, timestamp: day, projectId: 2 })));
  await stores.sql(`
    insert into access_logs (project_id, timestamp, created_at, status, method, path, ip)
    select 1, timestamp('2026-11-03') + interval seq second, timestamp('2026-11-03') + interval seq second,
      if(seq % 20 = 3, 404, 200), if(seq % 10 = 4, 'POST', 'GET'), concat('/products/', seq % 100), concat('10.0.0.', seq % 250)
    from seq_0_to_79999`);
  await stores.sql('analyze table access_logs');
});

afterAll(() => stores?.close());

/** How many rows MariaDB looks at for each statement of what is asked. */
async function rowsLookedAt(ask: () => Promise<unknown>): Promise<number[]> {
  const looked: number[] = [];
  for (const text of await statementsOf(ask)) {
    if (text.startsWith('explain')) continue;
    const tables = await stores.sql<{ r_rows: string | null }>(`analyze ${text}`);
    looked.push(Math.max(...tables.map(({ r_rows }) => Number(r_rows ?? 0))));
  }
  return looked;
}

const morning = { from: at('2026-11-03T03:00:00Z'), to: at('2026-11-03T12:00:00Z') };
const noon: AccessPosition = { timestamp: '2026-11-03T12:00:00.000Z', id: 1 };

it.each<[string, AccessFilter, AccessPosition | undefined]>([
  ['a page of a range of times', morning, undefined],
  ['a page of a frequent status in it', { ...morning, status: 200 }, undefined],
  ['a page of a frequent method in it', { ...morning, method: 'GET' }, undefined],
  ['a page of a frequent path in it', { ...morning, path: '/products/' }, undefined],
  ['a page after a cursor', {}, noon],
  ['a page of a status after a cursor', { status: 200 }, noon],
])('%s begins where the range does', async (_, filter, after) => {
  const looked = await rowsLookedAt(async () => {
    const { entries } = await reader.page(1, filter, { limit: PAGE, offset: 0, after });
    expect(entries).toHaveLength(PAGE);
  });
  // what is frequent is found among others
  expect(Math.max(...looked)).toBeLessThan(2 * PAGE);
});

it('a count up to a limit begins where its range does', async () => {
  const looked = await rowsLookedAt(() => reader.count(1, { ...morning, to: undefined }, 'auto'));
  expect(Math.max(...looked)).toBeLessThanOrEqual(10_001);
});
