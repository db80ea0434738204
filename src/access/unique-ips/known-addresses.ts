import { Logger } from '@nestjs/common';
import { setImmediate as othersTurn, setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../../config/settings.js';
import type { AddressCounts, AddressStore } from '../../core/access-store.js';
import { ApproximateIps, ExactIps, type ProjectIps } from './project-ips.js';

const LOAD_AGAIN_MS = 2_000;

/** What a process knows of the addresses of all projects. */
export class KnownAddresses {
  private readonly logger = new Logger('UniqueIps');
  private readonly projects = new Map<number, ProjectIps>();
  /** The projects that the store counted addresses of at the last look. */
  private counted: ReadonlySet<number> = new Set();

  constructor(
    private readonly store: AddressStore,
    private readonly mode: Config['uniqueIps'],
  ) {}

  of(projectId: number): ProjectIps {
    const known = this.projects.get(projectId);
    if (known) return known;
    const project = this.mode === 'exact' ? new ExactIps() : new ApproximateIps(projectId, this.store);
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
    // Counts never go but with their project.
    for (const projectId of this.counted) if (!counted.has(projectId)) this.projects.delete(projectId);
    this.counted = counted;
    for (const projectId of counted) this.of(projectId);
    for (const [projectId, { tally }] of this.projects) {
      tally.looked(own.get(projectId) ?? 0, others.get(projectId) ?? 0, quiet);
    }
    for (const project of this.projects.values()) await project.catchUp();
  }

  /** Takes over every address that the store has; begins anew until that has worked or `stop` is aborted. */
  async load(stop: AbortSignal): Promise<void> {
    for (let failing = false; !stop.aborted; failing = true) {
      try {
        for await (const batch of this.store.all(stop)) {
          for (const { projectId, ip, day } of batch) this.of(projectId).noted(ip, day);
        }
        return;
      } catch (error) {
        if (!failing) this.logger.error(new Error('addresses cannot be loaded yet', { cause: error }));
        await delay(LOAD_AGAIN_MS, undefined, { ref: false, signal: stop }).catch(() => undefined);
      }
    }
  }

  /** Lets go of what was last noted before `day`. */
  async forgetBefore(day: number, stop: AbortSignal): Promise<void> {
    for (const project of this.projects.values()) {
      for (const _ of project.forgetBefore(day)) {
        await othersTurn();
        if (stop.aborted) return;
      }
    }
  }
}
