import type { Config } from '../config/settings.js';
import type { ApiKey } from '../core/ports/api-key.js';
import { HOUR_MS } from '../core/time.js';

/** With ENABLE_API_KEY_ROTATION: which keys are older than they should be. */
export class RotationPolicy {
  private readonly intervalMs: number;

  constructor(config: Config) {
    this.intervalMs = config.keyRotation ? config.keyRotationIntervalH * HOUR_MS : Infinity;
  }

  get enabled(): boolean {
    return this.intervalMs < Infinity;
  }

  /** A key that is still honoured and older than API_KEY_ROTATION_INTERVAL_HOURS. */
  isDue(key: ApiKey, nowMs: number): boolean {
    return (
      nowMs - key.createdAt >= this.intervalMs &&
      key.revokedAt === null &&
      (key.expiresAt === null || key.expiresAt > nowMs)
    );
  }
}
