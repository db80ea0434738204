/**
 * The cardinality estimate of a HyperLogLog, from the number of registers that hold each rank (`histogram[rank]`; the last is
 * the highest possible rank). The improved raw estimator: Ertl 2017, "New cardinality estimation algorithms for HyperLogLog
 * sketches", algorithm 6.
 */
export function estimateDistinct(histogram: Uint32Array, registers: number): number {
  const highest = histogram.length - 1;
  let z = registers * tau(1 - histogram[highest] / registers);
  for (let rank = highest - 1; rank >= 1; rank--) z = 0.5 * (z + histogram[rank]);
  z += registers * sigma(histogram[0] / registers);
  return registers ** 2 / (2 * Math.LN2 * z);
}

function sigma(share: number): number {
  if (share === 1) return Infinity;
  let [x, y, z, before] = [share, 1, share, -1];
  while (z !== before) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [x, y, z, before] = [share, 1, 1 - share, -1];
  while (z !== before) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
