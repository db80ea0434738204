import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { CONFIG } from '../config/config.module.js';
import { queryShare } from '../config/query-share.js';
import type { Config } from '../config/settings.js';
import { SightlineError } from '../core/errors.js';
import { EventTail, type TailHead } from '../core/ports/event-tail.js';
import { FairSemaphore, RequestQuota } from '../core/semaphore.js';
import { TailPosition } from './tail-position.js';
import type { TailRequest } from './tail.dto.js';
import { Tail } from './tail.js';

const SHARE_OF_QUERIES = 0.25;
const CHECK_EVERY_MS = 500;
/** With what a head and a page take, an event is seen well within a second. */
const LOOK_EVERY_MS = 400;

/** The tails of this process. */
@Injectable()
export class Tails {
  private readonly logger = new Logger(Tails.name);
  private readonly open = new Map<Tail, () => boolean>();
  private readonly slots: RequestQuota;
  private readonly reads: FairSemaphore;
  private readonly watch: WatermarkPoller;
  /** A client that takes no more for so long is told to come back: it holds one of MAX_TAILS. */
  readonly stallMs: number;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    private readonly events: EventTail,
    @Inject(CONFIG) config: Config,
    @InjectMetric('live_tails') live: Gauge,
  ) {
    this.slots = new RequestQuota(config.maxTails, { name: 'tails', setting: 'MAX_TAILS' });
    this.reads = FairSemaphore.shared(queryShare(config, SHARE_OF_QUERIES));
    this.watch = new WatermarkPoller(events);
    this.stallMs = config.streamStallS * 1000;
    // what prom-client calls at each scrape
    Object.assign(live, { collect: () => live.set(this.slots.used) });
  }

  /**
   * A tail that lasts until its client goes away, it is ended, or `isAdmitted` no longer holds.
   * @throws SightlineError `overloaded`, `shutting_down`, `storage_unavailable`
   */
  async start(projectId: number, { filter, after }: TailRequest, isAdmitted: () => boolean): Promise<Tail> {
    this.refuseWhileStopping();
    const release = this.slots.take(projectId);
    try {
      const head = await this.events.head();
      this.refuseWhileStopping();
      const position = new TailPosition(after ?? { id: head.watermark, atMs: head.atMs });
      position.meet(head);
      const tail = new Tail(filter, position, head, (...range) =>
        this.reads.run(() => this.events.tail(projectId, ...range), projectId),
      );
      this.keep(tail, isAdmitted, release);
      return tail;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Tells every client that the server is stopping, and ends its tail. */
  stop(): void {
    this.stopping = true;
    for (const tail of this.open.keys()) tail.end('shutting_down');
  }

  private keep(tail: Tail, isAdmitted: () => boolean, release: () => void): void {
    const unwatch = this.watch.watch((head) => tail.notice(head));
    this.open.set(tail, isAdmitted);
    this.timer ??= setInterval(() => this.check(), CHECK_EVERY_MS).unref();
    tail.stream.once('error', (error) => this.logger.warn(`a tail was cut: ${error.message}`));
    tail.stream.once('close', () => {
      unwatch();
      release();
      this.open.delete(tail);
      if (this.open.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    });
  }

  private check(): void {
    for (const [tail, isAdmitted] of this.open) {
      if (!isAdmitted()) tail.end('unauthorized');
    }
  }

  private refuseWhileStopping(): void {
    if (this.stopping) throw new SightlineError('shutting_down', 'The server is shutting down. Try again.');
  }
}

/** Asks where the store is, once for all tails of the process, and only while there are any. */
class WatermarkPoller {
  private readonly logger = new Logger(WatermarkPoller.name);
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
