import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalIp } from '../../core/ip-address.js';
import { plainForwardedFor } from './fastify-adapter.js';

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
