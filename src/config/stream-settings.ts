import { int } from './setting.js';

/** What concerns answers that go on for long: exports and tails. */
export const streams = {
  maxExports: int(
    'MAX_EXPORTS',
    16,
    1,
    10_000,
    'Exports that a process sends at once; past it the answer is 503.',
  ),
  maxTails: int('MAX_TAILS', 100, 1, 100_000, 'Live tails of a process at once; past it the answer is 503.'),
};
