import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyEntry } from '../../../access/access-entry.schema.js';
import { CsvParser, NdjsonParser, type RecordParser } from '../../../access/formats/index.js';
import { parseLine } from '../../../access/formats/lines-parser.js';
import { prepareEntry } from '../../../access/prepare-entry.js';
import { AccessMaker, type AccessShares, type RawEntry } from '../../../samples/access/access-maker.js';
import { accessBatchOf, type AccessFormat } from './access-batch.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const plain: AccessShares = {
  seed: 7,
  visitors: 500,
  badShare: 0,
  clientErrorShare: 0.05,
  serverErrorShare: 0.03,
};

function make(n: number, shares: Partial<AccessShares> = {}) {
  const maker = new AccessMaker({ ...plain, ...shares });
  return Array.from({ length: n }, () => maker.next(NOW_MS));
}

const isGood = (raw: unknown): boolean =>
  prepareEntry(raw, { projectId: 1, receivedAt: NOW_MS * 1000, check: anyEntry }).entry !== undefined;

async function parsed(parser: RecordParser, text: string): Promise<unknown[]> {
  const records = [...parser.write(Buffer.from(text)), ...(await parser.end())];
  return records.map(({ value }) => value);
}

/** What a server makes of a body. */
const readers: Record<AccessFormat, (body: string) => Promise<unknown[]> | unknown[]> = {
  json: (body) => [JSON.parse(body) as unknown],
  array: (body) => JSON.parse(body) as unknown[],
  ndjson: (body) => parsed(new NdjsonParser(), body),
  csv: (body) => parsed(new CsvParser(), body),
  lines: (body) => (JSON.parse(body) as string[]).map((line) => parseLine(line).value),
};

it.each(['json', 'array', 'ndjson', 'csv', 'lines'] as const)(
  'what is good is good to a server, and what is bad is bad, as %s',
  async (format) => {
    const anyShares = fc.record({
      seed: fc.nat({ max: 2 ** 47 }),
      badShare: fc.double({ max: 1, min: 0, noNaN: true }),
    });
    const property = fc.asyncProperty(anyShares, async (shares) => {
      const made = make(format === 'json' ? 1 : 50, shares);
      const items = made.map(({ entry, bad }) => ({
        entry,
        eventId: null,
        kind: bad ? ('bad' as const) : ('good' as const),
      }));
      const read = await readers[format](accessBatchOf(items, format).body);
      expect(read.map(isGood)).toEqual(made.map(({ bad }) => !bad));
    });
    await fc.assert(property, { numRuns: 30 });
  },
);

describe('the mix', () => {
  const entries = make(20_000).map(({ entry }) => entry);
  const share = (holds: (entry: RawEntry) => boolean) => entries.filter(holds).length / entries.length;

  it('is the same for the same seed', () => {
    expect(make(100)).toEqual(make(100));
    expect(make(100, { seed: 8 })).not.toEqual(make(100));
  });

  it('has failures in the shares that were asked for', () => {
    expect(share(({ status }) => status >= 400 && status < 500)).toBeCloseTo(0.05, 1);
    expect(share(({ status }) => status >= 500)).toBeCloseTo(0.03, 1);
    expect(make(200, { badShare: 1 }).every(({ bad }) => bad)).toBe(true);
  });

  it('has visitors who come back, some of them over IPv6', () => {
    expect(new Set(entries.map(({ ip }) => ip)).size).toBeLessThanOrEqual(500);
    expect(share(({ ip }) => ip.includes(':'))).toBeGreaterThan(0.03);
    expect(share(({ ip }) => ip.includes(':'))).toBeLessThan(0.3);
  });
});
