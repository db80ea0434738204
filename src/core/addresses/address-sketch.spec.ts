import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADDRESS_REGISTERS, AddressSketch, registerOf } from './address-sketch.js';
import { canonicalIp } from './ip-address.js';

const ipv4 = (n: number) => `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`;
const inOneSubnet = (n: number) =>
  canonicalIp(`2001:db8::${(n >>> 16).toString(16)}:${(n & 0xffff).toString(16)}`)!;
const scattered = (n: number) => ipv4(Math.imul(n, 0x9e3779b1) >>> 0);

describe('AddressSketch', () => {
  // Registers outlive the process: what an address raises is the same for ever.
  it('has fixed registers', () => {
    const of = ['1.2.3.4', '255.255.255.255', '::1', '2001:db8::1'].map(registerOf);
    expect(of).toEqual([
      { register: 29467, rank: 2 },
      { register: 33819, rank: 1 },
      { register: 45722, rank: 1 },
      { register: 32766, rank: 1 },
    ]);
  });

  it.each([
    ['sequential IPv4', (n: number) => ipv4(0x0a000000 + n)],
    ['one /64', inOneSubnet],
    ['scattered IPv4', scattered],
    ['ends of subnets', (n: number) => ipv4(((n << 8) | 1) >>> 0)],
  ])('is within 1 % of %s', (_, ipAt) => {
    const sketch = new AddressSketch();
    const sizes = [1, 10, 100, 1_000, 10_000, 100_000, 200_000];
    let n = 0;
    for (const size of sizes) {
      while (n < size) sketch.add(ipAt(n++));
      expect(Math.abs(sketch.estimate() - size)).toBeLessThanOrEqual(Math.max(1, size / 100));
    }
  });

  it('tells what raises a register, and forgets none', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.ipV4(), fc.ipV6())), (texts) => {
        const ips = texts.map((text) => canonicalIp(text)!);
        const sketch = new AddressSketch();
        for (const ip of ips) {
          sketch.add(ip);
          expect(sketch.isNew(ip)).toBe(false);
        }
      }),
    );
    expect(new AddressSketch().isNew('1.2.3.4')).toBe(true);
  });

  it('merges registers, and takes nothing else for them', () => {
    const [sketch, whole] = [new AddressSketch(), new AddressSketch()];
    const registers = new Uint8Array(ADDRESS_REGISTERS);
    for (let n = 0; n < 30_000; n++) {
      whole.add(scattered(n));
      const { register, rank } = registerOf(scattered(n));
      if (n % 3 === 0) sketch.add(scattered(n));
      else registers[register] = Math.max(registers[register], rank);
    }
    sketch.merge(registers);
    expect(sketch.estimate()).toBe(whole.estimate());
    expect(sketch.bytes).toBeLessThan(66_000);
    registers[7] = 50;
    expect(() => sketch.merge(registers)).toThrow('registers');
    expect(() => sketch.merge(new Uint8Array(5))).toThrow('registers');
  });
});
