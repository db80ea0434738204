import { int, seconds } from './setting.js';

/** What concerns answers that go on for long: exports and tails. */
export const streams = {
  maxExports: int(
    'MAX_EXPORTS',
    16,
    1,
    10_000,
    'Exports that a process sends at once; past it the answer is 503. A project has at most half of them.',
  ),
  maxTails: int(
    'MAX_TAILS',
    100,
    1,
    100_000,
    'Live tails of a process at once; past it the answer is 503. A project has at most half of them.',
  ),
  streamStallS: seconds(
    'STREAM_STALL_SECONDS',
    30,
    0.1,
    3600,
    'How long the client of an export or a tail may take for what was sent last (at most 512 KiB); past it the connection is cut.',
  ),
};
