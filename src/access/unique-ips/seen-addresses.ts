import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Config } from '../../config/settings.js';
import type { AddressCounts, AddressStore } from '../../core/ports/access-store.js';
import { ApproximateIps, ExactIps, type ProjectIps } from './project-ips.js';

const LOAD_AGAIN_MS = 2_000;

/** What a process remembers of the addresses of all projects. */
export class SeenAddresses {
  private readonly logger = new Logger('UniqueIps');
  private readonly projects = new Map<number, ProjectIps>();
  /** The projects that the store counted addresses of at the last look. */
  private counted: ReadonlySet<number> = new Set();

  constructor(
    private readonly store: AddressStore,
    private readonly mode: Config['uniqueIps'],
    /** In days since the epoch. */
    private readonly today: () => number,
  ) {}

  of(projectId: number): ProjectIps {
    const known = this.projects.get(projectId);
    if (known) return known;
    const project =
      this.mode === 'exact' ? new ExactIps(this.today) : new ApproximateIps(projectId, this.store);
    this.projects.set(projectId, project);
    return project;
  }

  total(): number {
    let total = 0;
    for (const { count } of this.projects.values()) total += count;
    return total;
  }

  /** See Tally. */
  async looked({ own, others }: AddressCounts, quiet: boolean): Promise<void> {
    const counted = new Set([...own.keys(), ...others.keys()]);
    // Counts disappear only with their project.
    for (const projectId of this.counted) if (!counted.has(projectId)) this.projects.delete(projectId);
    this.counted = counted;
    for (const projectId of counted) this.of(projectId);
    for (const [projectId, { tally }] of this.projects) {
      tally.looked(own.get(projectId) ?? 0, others.get(projectId) ?? 0, quiet);
    }
    for (const project of this.projects.values()) await project.catchUp();
  }

  /** Takes over the addresses that the store has seen today; begins anew until that has worked or `stop` is aborted. */
  async load(stop: AbortSignal): Promise<void> {
    for (let failing = false; !stop.aborted; failing = true) {
      try {
        const day = this.today();
        for await (const batch of this.store.seenOn(day, stop)) {
          for (const { projectId, ip } of batch) this.of(projectId).markSeen(ip, day);
        }
        return;
      } catch (error) {
        if (!failing) this.logger.error(new Error('addresses cannot be loaded yet', { cause: error }));
        await delay(LOAD_AGAIN_MS, undefined, { ref: false, signal: stop }).catch(() => undefined);
      }
    }
  }
}
