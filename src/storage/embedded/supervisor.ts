import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DataDirError } from './data-dir-error.js';
import { clearLeftovers } from './leftovers.js';
import { startPostmaster, type Postmaster, type PostmasterOptions } from './postmaster.js';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;
/** A PostgreSQL that ends sooner than this after accepting connections is not restarted immediately. */
const SHORT_LIFE_MS = 1_000;

/** Keeps one PostgreSQL running on its port: started again whenever it ends, until `stop`. */
export class Supervisor {
  private readonly stopping = new AbortController();
  /** Resolves after `stop`, or with the reason when there is nothing left to start. */
  readonly exited: Promise<Error | undefined>;

  private constructor(
    private readonly options: PostmasterOptions,
    private current: Postmaster,
  ) {
    this.exited = this.keepUp();
  }

  /** @throws when the first start fails, or is given up as `stopping` is aborted. */
  static async start(options: PostmasterOptions, stopping: AbortSignal): Promise<Supervisor> {
    await clearLeftovers(options.cluster);
    return new Supervisor(options, await startPostmaster(options, stopping));
  }

  /** Ends the sessions and writes everything out; past `withinMs` it leaves the rest to recovery at the next start. */
  async stop(withinMs: number): Promise<void> {
    this.stopping.abort();
    this.current.signal('SIGINT');
    const late = setTimeout(() => this.current.signal('SIGQUIT'), withinMs);
    await this.exited;
    clearTimeout(late);
  }

  private async keepUp(): Promise<Error | undefined> {
    for (;;) {
      const readyAtMs = performance.now();
      const how = await this.current.exited;
      if (this.stopping.signal.aborted) return undefined;
      this.options.log(`WARNING:  PostgreSQL ended (${how}) and is being restarted`);
      // It had recovered and served: only starts that fail are put off longer and longer. With a delay that grew by every
      // end within half a minute, the sixth kill in a row was answered after 5 s.
      let delayMs = performance.now() - readyAtMs < SHORT_LIFE_MS ? SHORT_LIFE_MS : FIRST_DELAY_MS;
      for (;;) {
        await delay(delayMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
        if (this.stopping.signal.aborted) return undefined;
        delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
        if (!existsSync(path.join(this.options.cluster, 'PG_VERSION')))
          return new DataDirError(`${this.options.cluster} is gone`);
        if (await this.restart()) break;
      }
    }
  }

  private async restart(): Promise<boolean> {
    try {
      await clearLeftovers(this.options.cluster);
      this.current = await startPostmaster(this.options, this.stopping.signal);
      // `stop` may have signalled the previous one
      if (this.stopping.signal.aborted) this.current.signal('SIGINT');
      return true;
    } catch (error) {
      this.options.log(
        `WARNING:  PostgreSQL did not start: ${error instanceof Error ? error.message : String(error)}`,
      );
      return false;
    }
  }
}
