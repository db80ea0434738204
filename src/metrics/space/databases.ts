import { setTimeout as delay } from 'node:timers/promises';
import type { Gauge } from 'prom-client';
import type { StoreHealth } from '../../core/store-health.js';

/** A database looks at every file of its own to tell its size. */
const KEEP_MS = 60_000;
/** A scrape waits no longer: the next one has the answer. */
const PATIENCE_MS = 500;

/** Asks databases for their size when scraped, once a minute at most; one that is away keeps the size that it had. */
export function watchDatabases(gauge: Gauge, stores: Record<string, Pick<StoreHealth, 'sizeBytes'>>): void {
  let askedAtMs = -Infinity;
  const ask = async (store: string, database: Pick<StoreHealth, 'sizeBytes'>): Promise<void> => {
    const bytes = await database.sizeBytes().catch(() => undefined);
    if (bytes !== undefined) gauge.set({ store }, bytes);
  };
  const collect = async (): Promise<void> => {
    if (performance.now() - askedAtMs < KEEP_MS) return;
    askedAtMs = performance.now();
    const answers = Promise.all(Object.entries(stores).map(([store, database]) => ask(store, database)));
    await Promise.race([answers, delay(PATIENCE_MS, undefined, { ref: false })]);
  };
  Object.assign(gauge, { collect });
}
