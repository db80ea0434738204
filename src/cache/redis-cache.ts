import { randomUUID } from 'node:crypto';
import type { Counter } from 'prom-client';
import { Cache, type Cached } from '../core/ports/cache.js';
import type { Clock } from '../core/ports/clock.js';
import type { RedisConnection } from './redis-connection.js';
import { SingleFlight } from './single-flight.js';

const GENERATION_TTL_S = 86_400;

interface Read {
  generation: string;
  entry?: Entry;
}

interface Entry {
  generation: string;
  computedAtMs: number;
  json: string;
}

/**
 * The cache that all processes share. A scope's generation is a random word, replaced when the scope changes; an entry
 * counts only while its generation does. (A counter that Redis evicts or forgets would come back to an old number.)
 */
export class RedisCache extends Cache {
  private readonly flights = new SingleFlight();
  /** Changed scopes that Redis has not been told of yet, with the number of their latest change. */
  private readonly untold = new Map<string, number>();
  private changes = 0;

  constructor(
    private readonly redis: RedisConnection,
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
    const { changes } = this;
    const at = entryName(scope, key);
    const read = await this.read(scope, at);
    const entry = fresh ? undefined : read?.entry;
    const ageMs = entry ? this.clock.nowMs() - entry.computedAtMs : Infinity;
    if (entry && ageMs < ttlMs) {
      this.requests.inc({ result: 'hit' });
      return { json: entry.json, hit: true, ageS: Math.max(0, Math.floor(ageMs / 1000)) };
    }
    this.requests.inc({ result: read ? 'miss' : 'error' });
    const flight = `${at}\n${changes}\n${read?.generation}`;
    const json = await this.flights.run(flight, async () => {
      const computedAtMs = this.clock.nowMs();
      const computed = await compute();
      if (read && ttlMs > 0 && computed.length <= mostCharacters)
        await this.keep(at, ttlMs, { generation: read.generation, computedAtMs, json: computed });
      return computed;
    });
    return { json, hit: false, ageS: 0 };
  }

  async invalidate(scopes: Iterable<string>): Promise<void> {
    this.changes++;
    for (const scope of scopes) this.untold.set(scope, this.changes);
    await this.tell();
  }

  state(): 'up' | 'down' {
    return this.redis.up ? 'up' : 'down';
  }

  private async read(scope: string, at: string): Promise<Read | null> {
    if (!(await this.tell())) return null;
    const name = generationName(scope);
    return this.redis.run(async (redis) => {
      const [generation, text] = await redis.mget(name, at);
      if (generation === null) {
        await redis.set(name, randomUUID(), 'EX', GENERATION_TTL_S, 'NX');
        return { generation: (await redis.get(name)) ?? '' };
      }
      const entry = text === null ? null : entryOf(text);
      return { generation, entry: entry?.generation === generation ? entry : undefined };
    });
  }

  private async keep(at: string, ttlMs: number, entry: Entry): Promise<void> {
    await this.redis.run((redis) => redis.set(at, textOf(entry), 'PX', Math.ceil(ttlMs)));
  }

  /** Nothing may be read before Redis knows of every change. */
  private async tell(): Promise<boolean> {
    if (this.untold.size === 0) return true;
    const changes = [...this.untold];
    const told = await this.redis.run((redis) =>
      Promise.all(
        changes.map(([scope]) => redis.set(generationName(scope), randomUUID(), 'EX', GENERATION_TTL_S)),
      ),
    );
    if (told === null) return false;
    for (const [scope, change] of changes) {
      if (this.untold.get(scope) === change) this.untold.delete(scope);
    }
    return true;
  }
}

/** The rest of the text is the answer: as a member of JSON it would be escaped. */
function textOf({ generation, computedAtMs, json }: Entry): string {
  return `${generation} ${computedAtMs} ${json}`;
}

function entryOf(text: string): Entry | null {
  const found = /^(\S+) (\d+) /.exec(text);
  return found && { generation: found[1], computedAtMs: Number(found[2]), json: text.slice(found[0].length) };
}

// The braces are a hash tag: a Redis cluster keeps the keys of a scope on one node.
function generationName(scope: string): string {
  return `sightline:cache:{${scope}}:generation`;
}

function entryName(scope: string, key: string): string {
  return `sightline:cache:{${scope}}:entry:${key}`;
}
