import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import type { ApiKey } from '../core/api-key.js';
import { Clock } from '../core/clock.js';
import { KeyRegistry } from './key-registry.js';

const HOUR_MS = 3_600_000;

/** With ENABLE_API_KEY_ROTATION: which keys are older than they should be. */
@Injectable()
export class RotationService {
  private readonly intervalMs: number;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly clock: Clock,
    private readonly registry: KeyRegistry,
  ) {
    this.intervalMs = config.keyRotation ? config.keyRotationIntervalH * HOUR_MS : Infinity;
  }

  /** A key that is still honoured and older than API_KEY_ROTATION_INTERVAL_HOURS. */
  isDue(key: ApiKey, nowMs: number): boolean {
    return (
      nowMs - key.createdAt >= this.intervalMs &&
      key.revokedAt === null &&
      (key.expiresAt === null || key.expiresAt > nowMs)
    );
  }

  countDue(): number {
    const nowMs = this.clock.nowMs();
    return this.registry.keys().filter((key) => this.isDue(key, nowMs)).length;
  }
}
