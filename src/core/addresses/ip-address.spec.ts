import { isIP, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressWords, canonicalIp, plainForwardedFor } from './ip-address.js';

const aGroup = fc.oneof(fc.constant(0), fc.nat(0xffff));
const someGroups = fc.array(aGroup, { minLength: 8, maxLength: 8 });

/** What the URL standard writes for an address: RFC 5952 without dotted tails. */
function byUrl(ipv6: string): string {
  return new URL(`http://[${ipv6}]/`).hostname.slice(1, -1);
}

function wordsOf(ip: string): number[] {
  const words = Uint32Array.of(9, 9, 9, 9);
  return [...words.subarray(0, addressWords(ip, words))];
}

/** One of the many ways to write eight groups. */
function spell(
  groups: number[],
  form: { pad: boolean; upper: boolean; dotted: boolean; gap: number },
): string {
  const parts = groups.map((group) => group.toString(16).padStart(form.pad ? 4 : 1, '0'));
  if (form.dotted) {
    const octets = [groups[6] >> 8, groups[6] & 255, groups[7] >> 8, groups[7] & 255];
    parts.splice(6, 2, octets.join('.'));
  }
  let zeros = 0;
  while (groups[form.gap + zeros] === 0 && form.gap + zeros < (form.dotted ? 6 : 8)) zeros++;
  const text =
    zeros === 0
      ? parts.join(':')
      : `${parts.slice(0, form.gap).join(':')}::${parts.slice(form.gap + zeros).join(':')}`;
  return form.upper ? text.toUpperCase() : text;
}

const aSpelling = fc.record({ pad: fc.boolean(), upper: fc.boolean(), dotted: fc.boolean(), gap: fc.nat(7) });

describe('canonicalIp', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['0:0:0:0:0:FFFF:0102:0304', '1.2.3.4'],
    ['::1.2.3.4', '::102:304'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
  ])('of %s is %s', (text, expected) => {
    expect(canonicalIp(text)).toBe(expected);
  });

  it.each([
    ...[
      '',
      ' ',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.256',
      '01.2.3.4',
      '1.2.3.00',
      '0x1.2.3.4',
      '1.2.3.4 ',
      '+1.2.3.4',
    ],
    ...['1..2.3', '.1.2.3.4', '1.2.3.4.', '16909060', '1.2.3.4:80', '1.2.3.4/32', '１.2.3.4', '1.2.3.-4'],
    ...[
      ':',
      ':::',
      '1:2',
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1:2:3:4:5:6:7:8::',
      '::00001',
      '::g',
    ],
    ...[
      'fe80::1%eth0',
      '[::1]',
      '[::1]:80',
      '::1/128',
      '::ffff:01.2.3.4',
      '::ffff:0x1.2.3.4',
      '::1.2.3',
      '1.2.3.4::',
    ],
    ...[':1:2:3:4:5:6:7', '1:2:3:4:5:6:7:', '::1.2.3.4:5', '1:2:3:4:5:6:7:1.2.3.4', 'localhost', '::1\n'],
  ])('refuses %j', (text) => {
    expect(canonicalIp(text)).toBeNull();
  });

  it('gives every spelling of an address one text', () => {
    fc.assert(
      fc.property(someGroups, aSpelling, aSpelling, (groups, one, another) => {
        const expected = byUrl(groups.map((group) => group.toString(16)).join(':'));
        const mapped = expected.startsWith('::ffff:') && groups.slice(0, 5).every((group) => group === 0);
        fc.pre(!mapped);
        expect([canonicalIp(spell(groups, one)), canonicalIp(spell(groups, another))]).toEqual([
          expected,
          expected,
        ]);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives mapped IPv4 as IPv4, however it is spelt', () => {
    fc.assert(
      fc.property(fc.ipV4(), aSpelling, (ip, spelling) => {
        const [a, b, c, d] = ip.split('.').map(Number);
        const groups = [0, 0, 0, 0, 0, 0xffff, a * 256 + b, c * 256 + d];
        expect([canonicalIp(ip), canonicalIp(spell(groups, spelling))]).toEqual([ip, ip]);
      }),
    );
  });

  it('takes what node:net takes, but zones', () => {
    const alphabet = fc.constantFrom(...'0123456789abcdefF::::....gx%/[ -');
    const texts = fc.oneof(
      fc.string({ unit: alphabet, maxLength: 45 }),
      fc
        .array(fc.constantFrom('0', '1', 'ffff', '::', ':', '1.2.3.4', '.', '255', '00'), { maxLength: 14 })
        .map((p) => p.join('')),
      fc.tuple(fc.ipV6(), fc.nat(40), alphabet).map(([ip, at, c]) => ip.slice(0, at) + c + ip.slice(at + 1)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(!text.includes('%'));
        expect(canonicalIp(text) !== null).toBe(isIP(text) !== 0);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('addressWords', () => {
  it('are the address', () => {
    fc.assert(
      fc.property(fc.oneof(someGroups, fc.ipV6().map(groupsOf)), (groups) => {
        const ip = canonicalIp(groups.map((group) => group.toString(16)).join(':'))!;
        fc.pre(isIPv6(ip));
        const expected = [0, 2, 4, 6].map((at) => groups[at] * 65_536 + groups[at + 1]);
        expect(wordsOf(ip)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
    expect(wordsOf('255.254.1.2')).toEqual([0xfffe0102]);
  });
});

function groupsOf(ip: string): number[] {
  const text = byUrl(ip);
  const [head, tail] = text.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const all = tail ? [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail] : head;
  return all.map((group) => parseInt(group, 16));
}

describe('X-Forwarded-For', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1, 198.51.100.7', '192.0.2.1, 198.51.100.7'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['192.0.2.1:4711,198.51.100.7:80', '192.0.2.1, 198.51.100.7'],
    ['2001:DB8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['"[2001:db8::1]:443"', '2001:db8::1'],
    ['"192.0.2.1:80"', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%25eth0]:8080', 'fe80::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['[::ffff:192.0.2.1]:80', '192.0.2.1'],
    ['192.0.2.1,, ,198.51.100.7,', '192.0.2.1, 198.51.100.7'],
    ['192.0.2.1, unknown, 198.51.100.7', '198.51.100.7'],
    ['192.0.2.1, _hidden', ''],
    ['192.0.2.1, 300.1.1.1:80', ''],
    ['[192.0.2.1]:80, 192.0.2.1%eth0', ''],
    ['', ''],
  ])('%j is %j', (header, addresses) => {
    expect(plainForwardedFor(header)).toBe(addresses);
  });

  it('has addresses alone, whatever comes', () => {
    const part = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string({ maxLength: 12 }),
      fc.constantFrom('1:2', '[', ':80'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const header = parts.join(',');
        for (const address of plainForwardedFor(header).split(', ').filter(Boolean)) {
          expect(canonicalIp(address)).toBe(address);
        }
      }),
    );
  });
});
