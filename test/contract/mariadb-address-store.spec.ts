import { afterAll, beforeAll, expect, it } from 'vitest';
import { newAccessEntry, openAccessStores, type AccessStores } from '../support/access-stores.js';
import { statementsOf } from '../support/mysql-database.js';

const TODAY = 20_000;
/** Of the primary key with both its columns: an integer, and 45 characters with their length. */
const WHOLE_KEY = '51';

let stores: AccessStores;

beforeAll(async () => {
  stores = await openAccessStores();
});

afterAll(() => stores?.close());

it('walks through the addresses by their whole key, not each time from where a project begins', async () => {
  const { store, addresses } = stores.process();
  const createdAt = TODAY * 86_400e6;
  await store.append(
    Array.from({ length: 12_000 }, (_, n) =>
      newAccessEntry({ projectId: 1 + (n % 2), ip: `10.0.${n >> 8}.${n & 255}`, upsertIp: true, createdAt }),
    ),
  );
  await stores.sql('analyze table ip_addresses');
  const never = new AbortController().signal;
  let seen = 0;
  const statements = await statementsOf(async () => {
    for await (const batch of addresses.seenOn(TODAY, never)) seen += batch.length;
    await addresses.forgetBefore(TODAY, never);
  });

  expect(seen).toBe(12_000);
  // for each of three ranges its end and what is in it, twice
  expect(statements).toHaveLength(12);
  for (const text of statements) {
    const [plan] = await stores.sql<{ key_len: string }>(`explain ${text}`);
    expect({ text, keyLength: plan.key_len }).toEqual({ text, keyLength: WHOLE_KEY });
  }
});
