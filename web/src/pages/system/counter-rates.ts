/** Counters of a server at a moment. They run since its start. */
export interface CounterSample<Name extends string> {
  atMs: number;
  counters: Readonly<Record<Name, number>>;
}

/** The rate of each counter, a second, over the time up to `atMs`; null where it cannot be known. */
export interface RatePoint<Name extends string> {
  atMs: number;
  perSecond: Readonly<Record<Name, number | null>>;
}

/**
 * The rates between two samples. A counter that went down belongs to a server that was restarted in between: what it had
 * counted before is unknown.
 */
export function rateBetween<Name extends string>(
  before: CounterSample<Name>,
  after: CounterSample<Name>,
): RatePoint<Name> {
  const seconds = (after.atMs - before.atMs) / 1000;
  const names = Object.keys(after.counters) as Name[];
  const restarted = names.some((name) => after.counters[name] < before.counters[name]);
  const known = seconds > 0 && !restarted;
  const entries = names.map((name) => [
    name,
    known ? (after.counters[name] - before.counters[name]) / seconds : null,
  ]);
  return { atMs: after.atMs, perSecond: Object.fromEntries(entries) as RatePoint<Name>['perSecond'] };
}

/** Samples of the last minutes, and the rates between them. */
export class RateHistory<Name extends string> {
  private last: CounterSample<Name> | null = null;
  private past: readonly RatePoint<Name>[] = [];

  constructor(private readonly limit: number) {}

  /** Takes a sample; the points so far, oldest first, a new list each time. */
  add(sample: CounterSample<Name>): readonly RatePoint<Name>[] {
    if (this.last) this.past = [...this.past, rateBetween(this.last, sample)].slice(-this.limit);
    this.last = sample;
    return this.past;
  }
}
