import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Tally } from './project-ips.js';

/** What may happen between the store and the process, one thing after the other. */
const aStep = fc.constantFrom('commit', 'receive', 'lose', 'commit elsewhere', 'look');

it('never counts what is not there, has its receipts at once, and is exact after a quiet look', () => {
  fc.assert(
    fc.property(fc.array(aStep, { maxLength: 200 }), (steps) => {
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
