// The set of addresses: `node bench/unique-ips.mjs [ADDRESSES]` prints bytes an address by the process's own memory (RSS,
// after a collection) and by the set's account of itself, and addresses a second, each kind in a process of its own.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AddressSet } from '../dist/src/core/addresses/address-set.js';

const BATCH = 10_000;
/** As `npm start` has them. */
const SERVER_FLAGS = [
  '--max-semi-space-size=8',
  '--heap-growing-percent=40',
  '--no-allocation-site-pretenuring',
];
const KINDS = { ipv4, ipv6 };

const [kind, count = 10_000_000] = process.argv[2] in KINDS ? [process.argv[2], Number(process.argv[3])] : [];

if (kind) console.log(JSON.stringify(measure(KINDS[kind], count)));
else {
  const addresses = Number(process.argv[2] ?? 10_000_000);
  const of = (name) => {
    const args = [...SERVER_FLAGS, '--expose-gc', fileURLToPath(import.meta.url), name, String(addresses)];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  };
  console.log(JSON.stringify({ addresses, ipv4: of('ipv4'), ipv6: of('ipv6') }));
}

function measure(address, addresses) {
  // what the run itself takes (code, the arrays of texts) is there before the first look at the memory
  const warm = new AddressSet();
  inBatches(address, 20 * BATCH, 0, (ip) => warm.add(ip));
  inBatches(address, 20 * BATCH, 0, (ip) => warm.has(ip));
  const before = memory();
  const set = new AddressSet();
  const addMs = inBatches(address, addresses, 0, (ip) => set.add(ip));
  const after = memory();
  let missing = 0;
  const knownMs = inBatches(address, addresses, 0, (ip) => {
    if (!set.has(ip)) missing++;
  });
  const unknownMs = inBatches(address, addresses, addresses, (ip) => set.has(ip));
  if (missing > 0 || set.size !== addresses) throw new Error('the set is wrong');
  return {
    bytes_per_address: (after - before) / addresses,
    accounted_bytes_per_address: set.bytes / addresses,
    added_per_s: Math.round(addresses / (addMs / 1000)),
    known_looked_up_per_s: Math.round(addresses / (knownMs / 1000)),
    unknown_looked_up_per_s: Math.round(addresses / (unknownMs / 1000)),
  };
}

// The last resort gives the pages of what was garbage back: what is left is held by something.
function memory() {
  globalThis.gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  return process.memoryUsage.rss();
}

/** Milliseconds in `use` alone, without making the texts. */
function inBatches(address, addresses, first, use) {
  let ms = 0;
  for (let done = 0; done < addresses; done += BATCH) {
    const texts = Array.from({ length: Math.min(BATCH, addresses - done) }, (_, i) =>
      address(first + done + i),
    );
    const started = performance.now();
    for (const text of texts) use(text);
    ms += performance.now() - started;
  }
  return ms;
}

// Scattered, and no two the same: each is a bijection of its number.
function ipv4(n) {
  const x = mix(n);
  return `${x >>> 24}.${(x >>> 16) & 255}.${(x >>> 8) & 255}.${x & 255}`;
}

function ipv6(n) {
  const words = [mix(n), mix(n + 0x5bd1e995), mix(n ^ 0x2545f491)];
  // no group is 0, so that the text is canonical as it is
  const groups = words.flatMap((x) => [(x >>> 16) | 1, (x & 0xffff) | 0x8000]);
  return `2001:db8:${groups.map((group) => group.toString(16)).join(':')}`;
}

function mix(value) {
  let x = (value + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
