import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactIps, Tally } from './project-ips.js';

/** What may happen between the store and the process, one thing after the other. */
const anEvent = fc.constantFrom('commit', 'receive', 'lose', 'commit elsewhere', 'look');

it('never counts what is not there, has its receipts at once, and is exact after a quiet look', () => {
  fc.assert(
    fc.property(fc.array(anEvent, { maxLength: 200 }), (steps) => {
      const tally = new Tally();
      let [own, others, onTheirWay, lookedAt] = [0, 0, 0, 0];
      const look = () => {
        tally.looked(own, others, onTheirWay === 0);
        lookedAt = own + others;
      };
      for (const step of steps) {
        const before = tally.total;
        if (step === 'commit') [own, onTheirWay] = [own + 1, onTheirWay + 1];
        if (step === 'commit elsewhere') others++;
        if (step === 'look') look();
        if (onTheirWay > 0 && (step === 'receive' || step === 'lose')) {
          onTheirWay--;
          if (step === 'receive') tally.received();
        }
        expect(tally.total).toBeLessThanOrEqual(own + others);
        expect(tally.total).toBeGreaterThanOrEqual(Math.max(before, lookedAt));
      }
      onTheirWay = 0;
      look();
      expect(tally.total).toBe(own + others);
      own++;
      tally.received();
      expect(tally.total).toBe(own + others);
    }),
  );
});

describe('ExactIps', () => {
  const aStep = fc.oneof(
    // an append that began on an earlier day is answered on this one
    fc.record({ seen: fc.nat(5), daysAgo: fc.constantFrom(0, 0, 1) }),
    // a clock may be put back
    fc.record({ days: fc.constantFrom(1, 1, 2, -1) }),
  );

  it('upserts what was not seen today', () => {
    fc.assert(
      fc.property(fc.array(aStep), (steps) => {
        let today = 20_000;
        const ips = new ExactIps(() => today);
        const seenToday = new Set<string>();
        for (const step of steps) {
          if ('days' in step) {
            today += step.days;
            seenToday.clear();
          } else {
            const ip = `192.0.2.${step.seen}`;
            ips.markSeen(ip, today - step.daysAgo);
            if (step.daysAgo === 0) seenToday.add(ip);
          }
          for (let n = 0; n <= 5; n++) {
            const ip = `192.0.2.${n}`;
            expect(ips.needsUpsert(ip)).toBe(!seenToday.has(ip));
          }
        }
      }),
    );
  });

  it('holds nothing of an earlier day, also where no entry comes', async () => {
    let today = 20_000;
    const ips = new ExactIps(() => today);
    const empty = ips.bytes;
    for (let n = 0; n < 5_000; n++) ips.markSeen(`10.0.${n >> 8}.${n & 255}`, today);
    expect(ips.bytes).toBeGreaterThan(5_000 * 5);
    today++;
    await ips.catchUp();
    expect(ips.bytes).toBe(empty);
  });
});
