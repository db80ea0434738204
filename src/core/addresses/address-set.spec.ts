import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressSet } from './address-set.js';
import { canonicalIp } from './ip-address.js';

const ipv4 = (n: number) => `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`;
const hex = (n: number) => (n & 0xffff).toString(16);
const inOneSubnet = (n: number) => `2001:db8:1:2:${hex(n >>> 16)}:${hex(n)}:1:1`.replace(':0:0:', '::');
const canonical = (ip: string) => canonicalIp(ip)!;

const addresses = {
  'sequential IPv4': (n: number) => ipv4(0x0a000000 + n),
  'scattered IPv4': (n: number) => ipv4(Math.imul(n, 0x9e3779b1) >>> 0),
  'one /64': inOneSubnet,
  'a /48 by its subnets': (n: number) => `2001:db8:${hex((n >>> 16) + 1)}:${hex(n)}::1`.replace(':0::', '::'),
};

describe('AddressSet', () => {
  const anIp = fc
    .oneof(fc.ipV4(), fc.ipV6(), fc.nat(40).map(ipv4), fc.nat(40).map(inOneSubnet))
    .map(canonical);

  it('is as a Set of texts', () => {
    fc.assert(
      fc.property(fc.array(anIp, { maxLength: 300, size: 'max' }), anIp, (ips, other) => {
        const [set, texts] = [new AddressSet(), new Set<string>()];
        for (const ip of ips) {
          expect(set.has(ip)).toBe(texts.has(ip));
          set.add(ip);
          texts.add(ip);
        }
        expect(set.size).toBe(texts.size);
        for (const ip of [...ips, other]) expect(set.has(ip)).toBe(texts.has(ip));
      }),
    );
  });

  it.each(['0.0.0.0', '::'])('knows %s only once it is there', (ip) => {
    const set = new AddressSet();
    expect(set.has(ip)).toBe(false);
    set.add(ip);
    expect([set.has('0.0.0.0'), set.has('::'), set.size]).toEqual([ip === '0.0.0.0', ip === '::', 1]);
  });

  it.each(Object.entries(addresses))('keeps many of %s', (_, ipAt) => {
    const [set, many] = [new AddressSet(), 150_000];
    for (let n = 0; n < many; n++) set.add(ipAt(n));
    expect(set.size).toBe(many);
    let wrong = 0;
    for (let n = 0; n < many; n++) if (!set.has(ipAt(n))) wrong++;
    for (let n = many; n < many + 10_000; n++) if (set.has(ipAt(n))) wrong++;
    expect(wrong).toBe(0);
  });

  it('takes at most 10 bytes for IPv4 and 28 for IPv6 at every size from 20,000 on', () => {
    for (const [ipAt, most] of [
      [addresses['sequential IPv4'], 10],
      [inOneSubnet, 28],
    ] as const) {
      const set = new AddressSet();
      let worst = 0;
      for (let n = 0; n < 300_000; n++) {
        set.add(ipAt(n));
        if (n > 20_000) worst = Math.max(worst, set.bytes / set.size);
      }
      expect(worst).toBeLessThan(most);
    }
  });
});
