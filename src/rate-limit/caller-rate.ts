import type { Config } from '../config/settings.js';
import type { Caller } from '../core/api-key.js';
import { rateOf, type Rate } from '../core/token-bucket.js';

/** The server's rate, or that of the caller's key where it has one of its own; null where there is no limit. */
export function callerRate(config: Config, caller: Caller | null): Rate | null {
  const own = caller?.key?.rateLimitPerMinute ?? null;
  if (own === null && config.rateLimitPerMinute === 0) return null;
  return rateOf(config.rateLimitBurst, config.rateLimitPerMinute, own);
}
