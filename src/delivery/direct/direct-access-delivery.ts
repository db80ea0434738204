import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import type { AccessReceipt, NewAccessEntry } from '../../core/access-entry.js';
import { AccessStore, type OnceRequest, type OnceResult } from '../../core/access-store.js';
import { AccessDelivery } from '../../core/delivery.js';
import { FlushMetrics } from './flush-metrics.js';
import { GroupCommit, limitsOf } from './group-commit.js';

/** Access entries go straight to their store, many requests in one transaction. */
@Injectable()
export class DirectAccessDelivery extends AccessDelivery {
  private readonly groups: GroupCommit<NewAccessEntry, AccessReceipt>;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly store: AccessStore,
    metrics: FlushMetrics,
  ) {
    super();
    this.groups = new GroupCommit(
      (entries) => metrics.timed(entries.length, store.append(entries)),
      limitsOf(config),
    );
  }

  append(entries: readonly NewAccessEntry[], bytes: number): Promise<AccessReceipt[]> {
    return this.groups.append(entries, bytes);
  }

  appendOnce(request: OnceRequest, bytes: number): Promise<OnceResult> {
    return this.groups.alone(request.entries.length, bytes, () => this.store.appendOnce(request));
  }

  depth(): number {
    return this.groups.depth();
  }

  stop(): Promise<void> {
    return this.groups.stop();
  }
}
