import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AddressSet } from './address-set.js';
import { canonicalIp } from './ip-address.js';

const ipv4 = (n: number) => `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`;
const hex = (n: number) => (n & 0xffff).toString(16);
const inOneSubnet = (n: number) => `2001:db8:1:2:${hex(n >>> 16)}:${hex(n)}:1:1`.replace(':0:0:', '::');
const { imul } = Math;

const addresses = {
  'sequential IPv4': (n: number) => ipv4(0x0a000000 + n),
  'scattered IPv4': (n: number) => ipv4(imul(n, 0x9e3779b1) >>> 0),
  'one /64': inOneSubnet,
  'a /48 by its subnets': (n: number) => `2001:db8:${hex((n >>> 16) + 1)}:${hex(n)}::1`.replace(':0::', '::'),
};

function drain(steps: Iterable<void>): number {
  return [...steps].length;
}

describe('AddressSet', () => {
  const anIp = fc.oneof(fc.ipV4(), fc.ipV6(), fc.nat(40).map(ipv4), fc.nat(40).map(inOneSubnet));
  const aStep = fc.oneof(
    { weight: 9, arbitrary: fc.record({ ip: anIp, day: fc.integer({ min: 1, max: 65_535 }) }) },
    { weight: 1, arbitrary: fc.record({ forget: fc.nat(65_535) }) },
  );

  it('is as a Map of days', () => {
    fc.assert(
      fc.property(
        fc.array(aStep, { maxLength: 300, size: 'max' }),
        anIp,
        fc.nat(65_535),
        (steps, other, day) => {
          const [set, days] = [new AddressSet(), new Map<string, number>()];
          for (const step of steps) {
            if ('forget' in step) {
              drain(set.forgetBefore(step.forget));
              for (const [ip, noted] of days) if (noted < step.forget) days.delete(ip);
            } else {
              const ip = canonicalIp(step.ip)!;
              set.note(ip, step.day);
              days.set(ip, Math.max(step.day, days.get(ip) ?? 0));
            }
          }
          expect(set.size).toBe(days.size);
          for (const [ip, noted] of days) {
            expect([set.noted(ip, noted), set.noted(ip, noted + 1)]).toEqual([true, false]);
          }
          const ip = canonicalIp(other)!;
          expect(set.noted(ip, day + 1)).toBe((days.get(ip) ?? 0) >= day + 1);
        },
      ),
    );
  });

  it.each(Object.entries(addresses))('keeps many of %s, and forgets them', (_, ipAt) => {
    const [set, many] = [new AddressSet(), 150_000];
    for (let n = 0; n < many; n++) set.note(ipAt(n), 1 + (n % 3));
    expect(set.size).toBe(many);
    let wrong = 0;
    for (let n = 0; n < many; n++)
      if (!set.noted(ipAt(n), 1 + (n % 3)) || set.noted(ipAt(n), 2 + (n % 3))) wrong++;
    for (let n = many; n < many + 10_000; n++) if (set.noted(ipAt(n), 1)) wrong++;
    expect(wrong).toBe(0);
    const bytesBefore = set.bytes;
    expect(drain(set.forgetBefore(3))).toBeGreaterThan(16);
    expect(set.size).toBe(many / 3);
    for (let n = 0; n < many; n++) if (set.noted(ipAt(n), 1) !== (n % 3 === 2)) wrong++;
    expect(wrong).toBe(0);
    expect(set.bytes).toBeLessThan(bytesBefore * 0.5);
  });

  it('takes at most 12 bytes for IPv4 and 30 for IPv6 at every size from 20,000 on', () => {
    for (const [ipAt, most] of [
      [addresses['sequential IPv4'], 12],
      [inOneSubnet, 30],
    ] as const) {
      const set = new AddressSet();
      let worst = 0;
      for (let n = 0; n < 300_000; n++) {
        set.note(ipAt(n), 1);
        if (n > 20_000) worst = Math.max(worst, set.bytes / set.size);
      }
      expect(worst).toBeLessThan(most);
    }
  });

  it('goes on while it forgets', () => {
    const set = new AddressSet();
    for (let n = 0; n < 8_192; n++) set.note(ipv4(n), 1);
    const forgetting = set.forgetBefore(2);
    for (let n = 10_000; n < 40_000; n++) {
      set.note(ipv4(n), 2);
      forgetting.next();
    }
    expect([drain(forgetting), set.size, set.noted(ipv4(1), 1)]).toEqual([0, 30_000, false]);
  });
});
