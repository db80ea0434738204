import { Inject, Injectable } from '@nestjs/common';
import { ConfigError } from '../config/config-error.js';
import { CONFIG } from '../config/config.module.js';
import { isLoopback } from '../config/network-setting.js';
import type { Config } from '../config/settings.js';
import { DEFAULT_PROJECT, keyState, SCOPES } from '../core/api-key.js';
import { Clock } from '../core/clock.js';
import { KeyStore } from '../core/key-store.js';
import { KeyFile } from './key-file.js';
import { digestOf, generateKey, weaknessOf } from './key-text.js';
import { parseSeeds, REMEDY, seedOf } from './seeds.js';

/** Sees to it that a fresh server has a key. Safe for several processes that start at once. */
@Injectable()
export class KeySeeder {
  private readonly file: KeyFile;

  constructor(
    private readonly store: KeyStore,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.file = new KeyFile(config.dataDir);
  }

  /**
   * Makes the keys of API_KEYS, and warns of those that can be guessed; with none there and none in the database, one with all scopes, kept in DATA_DIR.
   * Gives the kept key while it works, to be shown to who starts the server; else null. @throws ConfigError
   */
  async seed(warn: (line: string) => void): Promise<string | null> {
    const onLoopback = isLoopback(this.config.host);
    const { keys, warnings } = parseSeeds(this.config.apiKeys, onLoopback);
    warnings.forEach(warn);
    if (keys.length > 0) {
      for (const key of keys) await this.store.seed(key);
      return null;
    }
    const kept = await this.file.read();
    if (kept === null) return this.makeFirst();
    const weakness = weaknessOf(kept);
    if (weakness !== null && !onLoopback)
      throw new ConfigError('DATA_DIR', 'api-key', `${weakness}: ${REMEDY}`);
    if (weakness !== null) warn(`api-key in DATA_DIR ${weakness}: ${REMEDY}`);
    return this.makeKept(kept);
  }

  private async makeFirst(): Promise<string | null> {
    const { keys } = await this.store.list(null, 1, null);
    if (keys.length > 0) return null;
    // Kept before it is made: a crash between the two leaves a key that the next start makes.
    const shown = await this.makeKept(await this.file.keep(generateKey()));
    // A server with another DATA_DIR was first.
    if (shown === null) await this.file.remove();
    return shown;
  }

  private async makeKept(key: string): Promise<string | null> {
    const made = await this.store.seedFirst(seedOf('first key', DEFAULT_PROJECT, SCOPES, key));
    if (made) return key;
    const known = await this.store.byDigest(digestOf(key));
    if (known === null) return null;
    return ['active', 'rotating'].includes(keyState(known, this.clock.nowMs())) ? key : null;
  }
}
