import { LRUCache } from 'lru-cache';
import type { Counter } from 'prom-client';
import { Cache, type Cached } from '../core/ports/cache.js';
import type { Clock } from '../core/ports/clock.js';
import { SingleFlight } from './single-flight.js';

const MAX_ENTRIES = 10_000;
const MAX_CHARACTERS = 16_000_000;

interface Entry {
  json: string;
  computedAtMs: number;
}

/** The cache of one process. Bounded in entries and in characters of JSON. */
export class MemoryCache extends Cache {
  private readonly entries = new LRUCache<string, Entry>({
    max: MAX_ENTRIES,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ json }, at) => json.length + at.length,
  });
  private readonly generations = new Map<string, number>();
  private readonly flights = new SingleFlight();

  constructor(
    private readonly clock: Clock,
    private readonly requests: Counter<'result'>,
  ) {
    super();
  }

  async getOrCompute(
    scope: string,
    key: string,
    ttlMs: number,
    compute: () => Promise<string>,
    fresh = false,
    mostCharacters = Infinity,
  ): Promise<Cached> {
    const at = `${scope}\n${this.generations.get(scope) ?? 0}\n${key}`;
    const entry = fresh ? undefined : this.entries.get(at);
    const ageMs = entry ? this.clock.nowMs() - entry.computedAtMs : Infinity;
    if (entry && ageMs < ttlMs) {
      this.requests.inc({ result: 'hit' });
      return { json: entry.json, hit: true, ageS: Math.max(0, Math.floor(ageMs / 1000)) };
    }
    this.requests.inc({ result: 'miss' });
    const json = await this.flights.run(at, async () => {
      const computedAtMs = this.clock.nowMs();
      const computed = await compute();
      if (ttlMs > 0 && computed.length <= mostCharacters)
        this.entries.set(at, { json: computed, computedAtMs });
      return computed;
    });
    return { json, hit: false, ageS: 0 };
  }

  invalidate(scopes: Iterable<string>): Promise<void> {
    for (const scope of scopes) this.generations.set(scope, (this.generations.get(scope) ?? 0) + 1);
    return Promise.resolve();
  }

  state(): 'off' {
    return 'off';
  }
}
