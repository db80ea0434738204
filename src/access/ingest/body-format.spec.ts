import { expect, it } from 'vitest';
import { recordsOf, type BodyFormat } from './body-format.js';

const ROWS = 20_000;
const ENTRY = {
  timestamp: '2026-11-20T10:00:00Z',
  path: '/some/path',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
};
const LINE = '2026-11-20T10:00:00Z 203.0.113.7 GET /some/path 200 12ms';

const bodies: [BodyFormat, string][] = [
  ['json', JSON.stringify(Array(ROWS).fill(ENTRY))],
  ['json-lines', JSON.stringify(Array(ROWS).fill(LINE))],
  ['ndjson', `${JSON.stringify(ENTRY)}\n`.repeat(ROWS)],
  ['csv', `${Object.values(ENTRY).join(',')}\n`.repeat(ROWS)],
];

it.each(bodies)(
  'a large body of %s is read in slices, and others have their turn in between',
  async (format, text) => {
    const body = Buffer.from(text);
    let turns = 0;
    let reading = true;
    const others = () => {
      turns++;
      if (reading) setImmediate(others);
    };
    setImmediate(others);
    let records = 0;
    let largest = 0;
    for await (const batch of recordsOf(body, format)) {
      records += batch.length;
      largest = Math.max(largest, batch.length);
    }
    reading = false;
    expect(records).toBe(ROWS);
    expect(largest).toBeLessThanOrEqual(ROWS / 8);
    expect(turns).toBeGreaterThanOrEqual(body.length / (128 * 1024) - 1);
  },
);

it('knows of an array that is no JSON before it gives the first entry', async () => {
  const [, text] = bodies[0];
  const batches = recordsOf(Buffer.from(text.slice(0, -1)), 'json');
  await expect(batches.next()).rejects.toMatchObject({ code: 'invalid_json' });
});
