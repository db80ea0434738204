import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TailHead, TailRange } from '../core/ports/event-tail.js';
import { TailPosition, type TailPlace } from './tail-position.js';

interface Writer {
  ids: number[];
  state: 'open' | 'committed' | 'aborted';
}

/** A store whose ids are given in order and become visible in any. */
class World {
  private readonly writers: Writer[] = [];
  private given = 0;

  write(gaps: readonly number[]): void {
    const ids = gaps.map((gap) => (this.given += gap));
    this.writers.push({ ids, state: 'open' });
  }

  end(which: number, state: 'committed' | 'aborted'): void {
    const open = this.writers.filter((writer) => writer.state === 'open');
    if (open.length > 0) open[which % open.length].state = state;
  }

  head(stalled: boolean): TailHead {
    const undecided = this.writers.filter(({ state }) => state === 'open').flatMap(({ ids }) => ids);
    const watermark = undecided.length === 0 ? this.given : Math.min(...undecided) - 1;
    return { watermark, readLimit: stalled ? this.given : watermark, atMs: this.given };
  }

  visible(): number[] {
    const ids = this.writers.filter(({ state }) => state === 'committed').flatMap(({ ids }) => ids);
    return ids.sort((a, b) => a - b);
  }

  read({ after, upTo, except }: TailRange, limit: number): number[] {
    return this.visible()
      .filter((id) => id > after && id <= upTo && !except.includes(id))
      .slice(0, limit);
  }
}

/** One read of a tail. */
function step(world: World, position: TailPosition, head: TailHead, limit: number): [number, TailPlace][] {
  const range = position.rangeUnder(head);
  const ids = world.read(range, limit);
  const given = ids.map((id): [number, TailPlace] => [id, position.give(id, id, head)]);
  if (ids.length < limit) position.finish(range, head);
  return given;
}

type Move =
  | { move: 'write'; gaps: number[] }
  | { move: 'end'; which: number; state: 'committed' | 'aborted' }
  | { move: 'read'; stalled: boolean; limit: number; reads: number };

const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    // Some gaps are wider than what one read looks through.
    fc.record({
      move: fc.constant('write' as const),
      gaps: fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 70_000 })), {
        minLength: 1,
        maxLength: 4,
      }),
    }),
    fc.record({
      move: fc.constant('end' as const),
      which: fc.nat(20),
      state: fc.constantFrom('committed' as const, 'committed' as const, 'aborted' as const),
    }),
    fc.record({
      move: fc.constant('read' as const),
      stalled: fc.boolean(),
      limit: fc.integer({ min: 1, max: 3 }),
      reads: fc.integer({ min: 1, max: 4 }),
    }),
  ),
  { maxLength: 60 },
);

describe('the position of a tail', () => {
  it('gives each event once, and each of its places is one to resume from, in whatever order writers commit', () => {
    fc.assert(
      fc.property(moves, (played) => {
        const world = new World();
        const position = new TailPosition({ id: 0, atMs: 0 });
        const given: [number, TailPlace][] = [];
        const read = (head: TailHead, limit: number, reads: number) => {
          for (let n = 0; n < reads && position.isBehind(head); n++)
            given.push(...step(world, position, head, limit));
        };
        for (const one of played) {
          if (one.move === 'write') world.write(one.gaps);
          else if (one.move === 'end') world.end(one.which, one.state);
          else read(world.head(one.stalled), one.limit, one.reads);
        }
        for (let n = 0; n < played.length; n++) world.end(0, 'committed');
        read(world.head(false), 2, Infinity);
        const ids = given.map(([id]) => id);
        expect(ids.toSorted((a, b) => a - b)).toEqual(world.visible());
        given.forEach(([, place], n) => {
          const before = new Set(ids.slice(0, n + 1));
          expect(world.visible().filter((id) => id <= place.id && !before.has(id))).toEqual([]);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('repeats nothing to whoever resumes while no writer takes long', () => {
    const head = { watermark: 10, readLimit: 10, atMs: 5 };
    const position = new TailPosition({ id: 0, atMs: 0 });
    expect([3, 7].map((id) => position.give(id, id * 100, head))).toEqual([
      { id: 3, atMs: 300 },
      { id: 7, atMs: 700 },
    ]);
    position.finish(position.rangeUnder(head), head);
    expect(position.place).toEqual({ id: 10, atMs: 5 });
    expect(position.isBehind(head)).toBe(false);
  });

  it('reads no further than it can remember while a writer takes for ever', () => {
    const position = new TailPosition({ id: 0, atMs: 0 });
    const head = { watermark: 5, readLimit: 20_000, atMs: 0 };
    for (let id = 6; id < 10_006; id++) position.give(id, 0, head);
    expect(position.rangeUnder(head).upTo).toBe(5);
    position.finish(position.rangeUnder(head), head);
    expect(position.isBehind(head)).toBe(false);
    const later = { watermark: 20_000, readLimit: 20_000, atMs: 1 };
    expect(position.rangeUnder(later)).toMatchObject({ after: 5, upTo: 20_000 });
    position.finish(position.rangeUnder(later), later);
    expect(position.rangeUnder({ ...later, readLimit: 20_001 }).except).toEqual([]);
  });

  it('keeps an early time while it is amid old ids: newer ones may have been received at any time after it', () => {
    const position = new TailPosition({ id: 1, atMs: 1_000 });
    const head = { watermark: 200_000, readLimit: 200_000, atMs: 9_000 };
    const range = position.rangeUnder(head);
    expect(range).toEqual({ after: 1, upTo: 50_001, except: [], sinceMs: 1_000 });
    position.finish(range, head);
    expect(position.place).toEqual({ id: 50_001, atMs: 1_000 });
  });

  it('goes on from now where its place is of a database that was put back', () => {
    const position = new TailPosition({ id: 900, atMs: 1_000 });
    position.meet({ watermark: 900, readLimit: 900, atMs: 2_000 });
    expect(position.place.id).toBe(900);
    position.meet({ watermark: 40, readLimit: 50, atMs: 3_000 });
    expect(position.place).toEqual({ id: 40, atMs: 3_000 });
  });
});
