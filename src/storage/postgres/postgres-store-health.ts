import { setTimeout as delay } from 'node:timers/promises';
import { StoreHealth } from '../../core/store-health.js';
import type { Database } from './database.js';

const PATIENCE_MS = 2_000;
/** Probes come from many sides; the database is asked once a second at most. */
const KEEP_MS = 1_000;

export class PostgresStoreHealth extends StoreHealth {
  private asked: { atMs: number; answer: Promise<boolean> } | undefined;

  constructor(private readonly database: Database) {
    super();
  }

  isUp(): Promise<boolean> {
    const now = performance.now();
    if (!this.asked || now - this.asked.atMs > KEEP_MS) this.asked = { atMs: now, answer: this.ask() };
    return this.asked.answer;
  }

  private async ask(): Promise<boolean> {
    const stop = new AbortController();
    const tooLong = delay(PATIENCE_MS, false, { signal: stop.signal, ref: false }).catch(() => false);
    const answer = this.database.query.query('select 1').then(
      () => true,
      () => false,
    );
    const up = await Promise.race([answer, tooLong]);
    stop.abort();
    return up;
  }
}
