import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteBudget, type Hold } from './byte-budget.js';

const MAX = 1000;

type Request = Parameters<ByteBudget['hold']>[0];

function request(key: string, projectId: number, ip: string): Request {
  return { caller: { key: { id: key }, projectId }, ip } as unknown as Request;
}

describe('a budget of bytes', () => {
  it('leaves others room when one client or one project takes all that it gets', () => {
    const budget = new ByteBudget(MAX);
    const stalled: Hold[] = [];
    for (let address = 1; address <= 10; address++) {
      for (let i = 0; i < 10; i++) {
        const hold = budget.hold(request('app', 1, `10.0.0.${address}`));
        if (hold.take(50)) stalled.push(hold);
      }
    }
    expect(stalled).toHaveLength(15);
    expect(budget.hold(request('app', 1, '10.0.0.99')).take(50)).toBe(false);
    expect(budget.hold(request('other', 2, '10.0.0.1')).take(250)).toBe(true);
    expect(budget.hold(request('third', 3, '10.0.0.3')).take(1)).toBe(false);
  });

  it('lets in what is alone, however large, and nothing beside it', () => {
    const budget = new ByteBudget(MAX);
    const large = budget.hold(request('a', 1, 'x'));
    for (let i = 0; i < 5; i++) expect(large.take(MAX)).toBe(true);
    expect(budget.hold(request('b', 2, 'y')).take(1)).toBe(false);
    large.release();
    expect(large.take(1)).toBe(false);
    expect(budget.hold(request('b', 2, 'y')).take(1)).toBe(true);
  });

  it('holds no more than it may, and nothing at all once all is released', () => {
    const step = fc.record({
      who: fc.nat(5),
      project: fc.nat(2),
      bytes: fc.integer({ min: 1, max: 400 }),
      release: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const budget = new ByteBudget(MAX);
        const held = new Map<Hold, number>();
        for (const { who, project, bytes, release } of steps) {
          const hold = budget.hold(request(`key${who}`, project, 'x'));
          const alone = held.size === 0;
          if (hold.take(bytes)) held.set(hold, bytes);
          const total = [...held.values()].reduce((sum, one) => sum + one, 0);
          expect(total <= MAX || alone).toBe(true);
          if (!release) continue;
          for (const one of [...held.keys()].slice(0, 2)) {
            one.release();
            one.release();
            held.delete(one);
          }
        }
        for (const hold of held.keys()) hold.release();
        const whole = budget.hold(request('any', 9, 'z'));
        expect(whole.take(MAX * 2)).toBe(true);
      }),
    );
  });
});
