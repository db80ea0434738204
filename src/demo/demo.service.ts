import { Inject, Injectable } from '@nestjs/common';
import { KeyRegistry } from '../auth/key-registry.js';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { SightlineError } from '../core/errors.js';
import type { Actor } from '../core/ports/audit.js';
import { Clock } from '../core/ports/clock.js';
import { AccessDelivery, Delivery } from '../core/ports/delivery.js';
import { ProjectStore } from '../core/ports/project-store.js';
import { AccessMaintenance, StoreMaintenance } from '../core/ports/store-maintenance.js';
import { DemoData, newEntryOf, newEventOf } from './demo-data.js';
import type { Demo } from './demo.dto.js';

export const DEMO_PROJECT = 'demo';
/** Bytes of a record beside its texts, about. */
const RECORD_BYTES = 300;

/** Fills a project of its own with sample data, and takes it away again. */
@Injectable()
export class DemoService {
  constructor(
    private readonly projects: ProjectStore,
    private readonly registry: KeyRegistry,
    private readonly events: StoreMaintenance,
    private readonly access: AccessMaintenance,
    private readonly delivery: Delivery,
    private readonly accessDelivery: AccessDelivery,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * In place of sample data that is there already. @throws SightlineError `forbidden` where somebody has a project of
   * that name, `not_found` where it is removed meanwhile, and what deliveries throw
   */
  async fill(actor: Actor): Promise<Demo> {
    await this.remove(actor);
    const projectId = await this.projects.createSample(DEMO_PROJECT, actor);
    if (projectId === null) throw somebodys();
    await this.registry.reload();
    const nowMs = this.clock.nowMs();
    const data = new DemoData(nowMs);
    const [events, entries] = await Promise.all([
      this.deliver(this.delivery, data.events(), (event) => newEventOf(event, projectId, nowMs * 1000)),
      this.deliver(this.accessDelivery, data.entries(), (entry) =>
        newEntryOf(entry, projectId, nowMs * 1000),
      ),
    ]);
    if ((await this.projects.list()).get(DEMO_PROJECT) !== projectId) {
      throw new SightlineError('not_found', 'The project demo was removed while it was being filled.');
    }
    return { project: DEMO_PROJECT, events, access_entries: entries };
  }

  /**
   * Removes the project with its keys and all that is stored for it; does nothing where there is none.
   * @throws SightlineError `forbidden` where the project is somebody's own
   */
  async remove(actor: Actor): Promise<void> {
    const removed = await this.projects.removeSample(DEMO_PROJECT, actor);
    if (removed === 'not sample') throw somebodys();
    if (removed === 'unknown') return;
    await this.registry.reload();
    // Where one of these fails, the maintenance job for removed projects catches up.
    await this.events.removeProject(removed);
    await this.access.removeProject(removed);
  }

  private async deliver<Sample, Item>(
    delivery: { append(items: readonly Item[], bytes: number): Promise<{ outcome: string }[]> },
    samples: Iterable<Sample>,
    prepare: (sample: Sample) => Item,
  ): Promise<number> {
    let stored = 0;
    let items: Item[] = [];
    const flush = async (): Promise<void> => {
      const receipts = await delivery.append(items, items.length * RECORD_BYTES);
      stored += receipts.filter(({ outcome }) => outcome === 'stored').length;
      items = [];
    };
    for (const sample of samples) {
      items.push(prepare(sample));
      if (items.length === this.config.flushMaxRows) await flush();
    }
    if (items.length > 0) await flush();
    return stored;
  }
}

function somebodys(): SightlineError {
  return new SightlineError(
    'forbidden',
    'A project named demo already exists with data of its own: it was left unchanged.',
  );
}
