import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SORT_COLUMNS, type EventFilter, type EventPosition } from '../../src/core/ports/event-reader.js';
import { EVENT_TYPES, type StoredEvent } from '../../src/core/records/event.js';
import { eventReader } from '../support/counting.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { endPool } from '../support/end-pool.js';
import { createPartitions, insertRows, type EventRow } from '../support/event-rows.js';

const FILTER: EventFilter = { properties: [], timeField: 'created_at' };
const LARGE = 2_000;
const ROWS: EventRow[] = Array.from({ length: 40 }, (_, n) => ({
  event_id: `e${n}`,
  event_type: EVENT_TYPES[n % EVENT_TYPES.length],
  user_id: n % 4 === 0 ? null : `u${n % 3}`,
  properties: `{"text":"${'x'.repeat(n % 3 === 0 ? LARGE : 10)}"}`,
}));

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await cloneDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2, options: '-c TimeZone=UTC -c DateStyle=ISO' });
  await createPartitions(pool, '2026-11-01', 6);
  await insertRows(pool, ROWS);
});

afterAll(async () => {
  await endPool(pool);
  await database.drop();
});

describe.each(SORT_COLUMNS)('pages by %s', (sortBy) => {
  it.each([1, 3_000])(
    'end early after %s bytes of JSON, and by cursor give each row once',
    async (maxBytes) => {
      const reader = eventReader({ query: pool });
      const seen: StoredEvent[] = [];
      let after: EventPosition | undefined;
      do {
        const request = { sortBy, descending: true, pageSize: 30, offset: 0, after, maxBytes };
        const { events, next } = await reader.page(1, FILTER, request);
        expect(events.length).toBeGreaterThan(0);
        const bytes = events.reduce((sum, event) => sum + event.properties.length, 0);
        // past it each value of the sort column gives one more at most
        expect(bytes).toBeLessThan(maxBytes + EVENT_TYPES.length * (LARGE + 12));
        seen.push(...events);
        after = next ?? undefined;
      } while (after !== undefined);
      expect(seen.map((event) => event.event_id).toSorted()).toEqual(
        ROWS.map((row) => row.event_id).toSorted(),
      );
      for (const { properties, device_info } of seen) {
        expect([properties, device_info]).toEqual([expect.stringMatching(/^\{"text":"x+"\}$/), '{}']);
      }
    },
  );
});
