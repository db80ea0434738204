import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, MINUTE, type Micros } from '../time.js';
import { Cells } from './cells.js';
import type { BucketKey } from './count-store.js';
import { CountedRecords } from './counted-records.js';
import { Fold } from './fold.js';
import { ACCESS, EVENTS, FIRST_VALUE, type CountedKind, type CountedRow } from './kind.js';
import { LatencyHistogram } from './latency-histogram.js';
import type { Tier } from './time-cover.js';
import { UniqueSketch } from './unique-sketch.js';

const NOW = Date.UTC(2026, 10, 3, 10, 17) * 1000;
const FIRST = { counts: NOW - 9 * DAY, sketches: NOW - 180 * MINUTE };

const aTimestamp = fc.oneof(
  fc.integer({ min: NOW - 200 * MINUTE, max: NOW }),
  fc.integer({ min: NOW - 40 * DAY, max: NOW + DAY }),
  // before 1970 too
  fc.constantFrom(FIRST.counts, FIRST.counts - 1, FIRST.sketches, FIRST.sketches - 1, -1, -DAY),
);

function aRow(kind: CountedKind): fc.Arbitrary<CountedRow> {
  const value = fc.constantFrom('', 'a', '__proto__', 'constructor', 'ä"\\\u2028');
  return fc
    .tuple(
      fc.constantFrom(1, 2),
      fc.constantFrom(20_759, 20_760),
      aTimestamp,
      fc.constantFrom(0 as const, 1 as const),
      // sums of whole numbers are the same in any order
      fc.option(fc.integer({ min: -3, max: 2_000 })),
      fc.array(value, { minLength: kind.dimensions.length - 1, maxLength: kind.dimensions.length - 1 }),
      fc.array(fc.option(fc.nat(9).map(String)), {
        minLength: kind.uniqueKinds.length,
        maxLength: kind.uniqueKinds.length,
      }),
    )
    .map(([project, day, timestamp, error, ms, values, ids]): CountedRow => [
      ...([project, day, timestamp, error, ms] as const),
      ...values,
      ...ids,
    ]);
}

const asIs = (records: CountedRecords, i: number, dimension: number): string => records.value(i, dimension);

/** What is counted, as text by key: of a fold, or of several that were merged. */
type Counted = Map<string, unknown>;

function folded(kind: CountedKind, batches: readonly (readonly CountedRow[])[]): Counted {
  const cells = new Map<string, Cells>();
  const seen = new Map<string, UniqueSketch>();
  for (const batch of batches) {
    const fold = new Fold(kind, FIRST, asIs);
    const records = CountedRecords.fromRows(kind, batch);
    for (const i of records.inOrder()) {
      fold.add(records, i);
      // whenever it is taken
      if (records.timestamps[i] % 2 === 0) addTo(cells, seen, kind, fold);
    }
    fold.end();
    addTo(cells, seen, kind, fold);
  }
  return new Map<string, unknown>([
    ...[...cells].map(([id, of]) => [id, told(of)] as const),
    ...[...seen].map(([id, sketch]) => [id, sketch.estimate()] as const),
  ]);
}

function addTo(
  cells: Map<string, Cells>,
  seen: Map<string, UniqueSketch>,
  kind: CountedKind,
  fold: Fold,
): void {
  const { rows, sketches } = fold.take();
  for (const row of rows) {
    for (const [i, { name }] of kind.dimensions.entries()) {
      if (row.counts[i] === null) continue;
      const of = cells.get(keyOf(row, name)) ?? new Cells();
      of.mergeCounts(row.counts[i]);
      if (row.histograms[i] !== null) of.mergeHistograms(row.histograms[i]);
      cells.set(keyOf(row, name), of);
    }
  }
  for (const { sketch, ...key } of sketches) {
    const id = keyOf(key, `${key.kind} seen`);
    const of = seen.get(id) ?? new UniqueSketch();
    of.mergeBytes(sketch);
    seen.set(id, of);
  }
}

function keyOf({ projectId, tier, bucket, day }: BucketKey, what: string): string {
  return `${projectId} ${tier} ${bucket} ${day} ${what}`;
}

function told(cells: Cells): unknown {
  return new Map(
    [...cells.entries()].map(([value, { n, errors, timed, sum, max, histogram }]) => {
      const bins =
        histogram && new Map(histogram.columns()[0].map((bin, k) => [bin, histogram.columns()[1][k]]));
      return [value, { n, errors, timed, sum, max, bins }];
    }),
  );
}

/** The same by looking at every row for every bucket that it is in. */
function scanned(kind: CountedKind, rows: readonly CountedRow[]): Counted {
  const cells = new Map<string, Cells>();
  const seen = new Map<string, Set<string>>();
  for (const row of rows) {
    const [projectId, day, timestamp, error, ms] = row;
    const keyAt = (tier: Tier): BucketKey => {
      const bucket = Math.floor(timestamp / (tier * MINUTE)) * tier * MINUTE;
      return { projectId, tier, bucket, day };
    };
    const isKept = (tier: Tier, first: Micros) => tier > 1 || timestamp >= first;
    for (const [i, { name, tiers, latencyTiers }] of kind.dimensions.entries()) {
      for (const tier of tiers.filter((one) => isKept(one, FIRST.counts))) {
        const id = keyOf(keyAt(tier), name);
        const of = cells.get(id) ?? new Cells();
        cells.set(id, of);
        const measures = of.of(i === 0 ? '' : (row[FIRST_VALUE + i - 1] as string));
        measures.add(error, ms);
        if (ms !== null && latencyTiers.includes(tier))
          (measures.histogram ??= new LatencyHistogram()).hit(ms);
      }
    }
    for (const [i, name] of kind.uniqueKinds.entries()) {
      const who = row[FIRST_VALUE + kind.dimensions.length - 1 + i] as string | null;
      if (who === null) continue;
      for (const tier of kind.uniqueTiers.filter((one) => isKept(one, FIRST.sketches))) {
        const id = keyOf(keyAt(tier), `${name} seen`);
        seen.set(id, (seen.get(id) ?? new Set<string>()).add(who));
      }
    }
  }
  return new Map<string, unknown>([
    ...[...cells].map(([id, of]) => [id, told(of)] as const),
    ...[...seen].map(([id, { size }]) => [id, size] as const),
  ]);
}

describe.each([EVENTS, ACCESS])('$name records', (kind) => {
  it('folded and lifted are those of a scan, in whatever batches they come', () => {
    const someBatches = fc.array(fc.array(aRow(kind), { maxLength: 40 }), { maxLength: 4 });
    fc.assert(
      fc.property(someBatches, (batches) => {
        const truth = scanned(kind, batches.flat());
        expect(folded(kind, batches)).toEqual(truth);
        expect(folded(kind, [batches.flat()])).toEqual(truth);
      }),
      { numRuns: 60 },
    );
  });
});

it('a value without a place is counted as what it is admitted as', () => {
  const row: CountedRow = [1, 20_760, NOW, 0, 5, 'behavioral', 'rare', 'normal', '', '', null, null];
  const fold = new Fold(EVENTS, FIRST, (records, i, dimension) =>
    EVENTS.dimensions[dimension].name === 'event_name' ? '(other)' : asIs(records, i, dimension),
  );
  fold.add(CountedRecords.fromRows(EVENTS, [row]), 0);
  fold.end();
  const { rows, sketches } = fold.take();
  expect(sketches).toEqual([]);
  expect(rows.map(({ tier }) => tier)).toEqual([1, 15, 60, 1440]);
  for (const { counts } of rows) {
    const names = counts.map((json) => (JSON.parse(json!) as [string][]).map(([value]) => value).join());
    expect(names).toEqual(['', 'behavioral', '(other)', 'normal', '', '']);
  }
});
