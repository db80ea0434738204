import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DistinctByValue } from './distinct-by-value.js';
import { keyOf, SeenByValue } from './seen-by-value.js';
import { hashOf } from './unique-sketch.js';

interface Seen {
  point: number;
  value: string;
  id: number;
}

const key = (id: number): number => keyOf(...hashOf(`user-${id}`));

async function pieceOf(seen: readonly Seen[]): Promise<SeenByValue> {
  const byValue = Map.groupBy(seen, ({ value }) => value);
  return SeenByValue.of(
    new Map([...byValue].map(([value, some]) => [value, Float64Array.from(some, ({ id }) => key(id))])),
  );
}

/** The same by sets. */
function scan(seen: readonly Seen[], most: number) {
  const size = (some: readonly Seen[]): number => new Set(some.map(({ id }) => id)).size;
  const totals = [...Map.groupBy(seen, ({ value }) => value)]
    .filter(([value]) => value !== '(other)')
    .map(([value, some]) => ({ value, n: size(some) }))
    .sort((a, b) => b.n - a.n || (a.value < b.value ? -1 : 1));
  const told = new Set(totals.slice(0, most).map(({ value }) => value));
  const named = seen.map((one) => (told.has(one.value) ? one : { ...one, value: '(other)' }));
  const series = [...Map.groupBy(named, ({ point, value }) => JSON.stringify([point, value])).values()]
    .map((some) => ({ point: some[0].point, value: some[0].value, n: size(some) }))
    .sort((a, b) => a.point - b.point || (a.value < b.value ? -1 : 1));
  return { series, total: size(seen) };
}

const aSeen = fc.record({
  point: fc.nat(3),
  value: fc.constantFrom('', 'a', 'b', '__proto__', 'näme "\\ ', '(other)'),
  id: fc.oneof(fc.nat(30), fc.nat(1000)),
});
const pieces = fc.array(fc.array(aSeen, { maxLength: 200 }), { maxLength: 6 });

describe('distinct ids by value', () => {
  it('are those of sets, in however many pieces they come', async () => {
    await fc.assert(
      fc.asyncProperty(pieces, fc.nat(5), async (all, most) => {
        const distinct = new DistinctByValue();
        for (const seen of all) {
          for (const [point, some] of Map.groupBy(seen, (one) => one.point)) {
            const piece = await pieceOf(some);
            await distinct.add(point, SeenByValue.fromBytes(piece.toBytes()));
          }
        }
        expect(await distinct.counts(most)).toEqual(scan(all.flat(), most));
      }),
    );
  });

  it('are exact for hundreds of thousands, in however many sets', async () => {
    const ids = Array.from({ length: 150_000 }, (_, id) => key(id));
    const distinct = new DistinctByValue();
    for (let point = 0; point < 2; point++) {
      const byValue = Map.groupBy(ids, (_, i) => `value ${i % 300}`);
      byValue.set('half', ids.slice(point * 50_000, point * 50_000 + 75_000));
      const seen = await SeenByValue.of(
        new Map([...byValue].map(([value, some]) => [value, Float64Array.from(some)])),
      );
      await distinct.add(point, seen);
    }
    const { series, total } = await distinct.counts(101);
    expect(total).toBe(150_000);
    expect(series.filter(({ value }) => value === 'half').map(({ n }) => n)).toEqual([75_000, 75_000]);
    expect(series.filter(({ value }) => value === '(other)').map(({ n }) => n)).toEqual([100_000, 100_000]);
    expect(series).toHaveLength(2 * 102);
  });
});

describe('who was seen by value', () => {
  it('takes a byte or two for each value of an id', async () => {
    const ids = Float64Array.from({ length: 10_000 }, (_, id) => key(id));
    const values = Array.from({ length: 20 }, (_, i) => [`value ${i}`, ids] as const);
    const bytes = (await SeenByValue.of(new Map(values))).toBytes().length;
    expect(bytes).toBeLessThan(10_000 * (6 + 20) + 1000);
  });

  it.each(['', '\0\0\0', '\xff\xff\xff\xff', '\0\0\0\x05[1,[]', '\0\0\0\x06[1,[]]'])(
    'is not in the bytes %j',
    (text) => {
      expect(() => SeenByValue.fromBytes(Buffer.from(text, 'latin1'))).toThrow();
    },
  );
});
