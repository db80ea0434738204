import { Logger } from '@nestjs/common';
import type { StoreMaintenance } from '../core/ports/store-maintenance.js';

/** Leases each job to one process at a time. */
type Leases = Pick<StoreMaintenance, 'claim' | 'giveBack'>;

/** How often a job is checked: one that failed, or that a crashed process left undone, is due again. */
const LOOK_MS = 60_000;

/** Runs each job when it is due and no other process of the cluster holds its lease. */
export class MaintenanceScheduler {
  private readonly logger = new Logger('Maintenance');
  private readonly timers = new Map<Job, NodeJS.Timeout>();
  private readonly running = new Map<Job, Promise<void>>();
  private readonly failing = new Set<Job>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly leases: Leases,
    private readonly jobs: readonly Job[],
  ) {}

  /** Checks every job now, and then periodically. */
  start(): void {
    for (const job of this.jobs) this.look(job);
  }

  /** Starts nothing more; resolves when what is running is done. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const timer of this.timers.values()) clearTimeout(timer);
    await Promise.all(this.running.values());
  }

  private look(job: Job): void {
    const turn = this.take(job).finally(() => {
      this.running.delete(job);
      if (this.stopping.signal.aborted) return;
      // unref: maintenance alone must not keep the process alive
      this.timers.set(job, setTimeout(() => this.look(job), Math.min(job.everyMs, LOOK_MS)).unref());
    });
    this.running.set(job, turn);
  }

  // Never rejects: a job that fails is logged once, until it has worked again.
  private async take(job: Job): Promise<void> {
    try {
      if (!job.everywhere && !(await this.leases.claim(job.name, job.everyMs))) return;
      await job.run(this.stopping.signal).catch((error: unknown) => this.giveBack(job, error));
      if (this.failing.delete(job)) this.logger.log(`${job.name} works again`);
    } catch (error) {
      if (this.failing.has(job)) return;
      this.failing.add(job);
      this.logger.error(new Error(`${job.name} failed, and is tried again`, { cause: error }));
    }
  }

  private async giveBack(job: Job, error: unknown): Promise<never> {
    if (!job.everywhere) await this.leases.giveBack(job.name).catch(() => undefined);
    throw error;
  }
}

/** A periodic job that runs once in the whole cluster. */
export interface Job {
  name: string;
  everyMs: number;
  /** Every process schedules it; the store makes sure that one runs it. */
  everywhere?: boolean;
  /** Ends early once `stop` is aborted. */
  run(stop: AbortSignal): Promise<void>;
}
