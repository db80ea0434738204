import { Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventTail, TailHead } from '../core/event-tail.js';

/** With what a head and a page take, an event is seen well within a second. */
const LOOK_EVERY_MS = 400;

/** Asks where the store is, once for all tails of the process, and only while there are any. */
export class HeadWatch {
  private readonly logger = new Logger(HeadWatch.name);
  private readonly watchers = new Set<(head: TailHead) => void>();
  private running = false;
  private failing = false;

  constructor(private readonly events: EventTail) {}

  /** Tells each new head, until the returned function is called. */
  watch(tell: (head: TailHead) => void): () => void {
    this.watchers.add(tell);
    if (!this.running) void this.run();
    return () => this.watchers.delete(tell);
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.watchers.size > 0) {
      const startedMs = performance.now();
      await this.look();
      await delay(Math.max(0, LOOK_EVERY_MS - (performance.now() - startedMs)));
    }
    this.running = false;
  }

  private async look(): Promise<void> {
    try {
      const head = await this.events.head();
      for (const tell of this.watchers) tell(head);
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.logger.warn(`tails wait for the store: ${(error as Error).message}`);
      this.failing = true;
    }
  }
}
