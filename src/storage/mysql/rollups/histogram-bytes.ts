/** How often each bin was hit, see src/core/latency-histogram.ts. */
export type Bins = Map<number, number>;

const VERSION = 1;
const PAIR_BYTES = 10;

/** A version, then two bytes of a bin and eight of how often it was hit (a double), for each bin; big-endian. */
export function histogramBytes(bins: Bins): Buffer {
  const bytes = Buffer.alloc(1 + bins.size * PAIR_BYTES);
  let at = bytes.writeUInt8(VERSION);
  for (const [bin, n] of bins) {
    at = bytes.writeInt16BE(bin, at);
    at = bytes.writeDoubleBE(n, at);
  }
  return bytes;
}

/** Adds what `histogramBytes` wrote. @throws Error for other bytes. */
export function addHistogram(bins: Bins, bytes: Buffer): void {
  if (bytes[0] !== VERSION || bytes.length % PAIR_BYTES !== 1)
    throw new Error('not the bytes of a histogram');
  for (let at = 1; at < bytes.length; at += PAIR_BYTES) {
    addHits(bins, bytes.readInt16BE(at), bytes.readDoubleBE(at + 2));
  }
}

export function addHits(bins: Bins, bin: number, n: number): void {
  bins.set(bin, (bins.get(bin) ?? 0) + n);
}
