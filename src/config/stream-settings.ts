import { int, seconds } from './setting.js';

/** What concerns answers that go on for long: exports and tails. */
export const streams = {
  maxExports: int(
    'MAX_EXPORTS',
    16,
    1,
    10_000,
    'Maximum concurrent exports per process; beyond that, requests get a 503. A project gets at most half of them.',
  ),
  maxTails: int(
    'MAX_TAILS',
    100,
    1,
    100_000,
    'Maximum concurrent live tails per process; beyond that, requests get a 503. A project gets at most half of them.',
  ),
  streamStallS: seconds(
    'STREAM_STALL_SECONDS',
    30,
    0.1,
    3600,
    'How long the client of an export or a tail may take to read what was sent last (at most 512 KiB) before the connection is cut.',
  ),
};
