import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { DEFAULT_PROJECT, keyState, SCOPES } from '../core/api-key.js';
import { Clock } from '../core/clock.js';
import { KeyStore } from '../core/key-store.js';
import { KeyFile } from './key-file.js';
import { digestOf, generateKey } from './key-text.js';
import { parseSeeds, seedOf } from './seeds.js';

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
   * Makes the keys of API_KEYS; with none there and none in the database, one with all scopes, kept in DATA_DIR.
   * Gives the kept key while it works, to be shown to who starts the server; else null. @throws ConfigError
   */
  async seed(): Promise<string | null> {
    const seeds = parseSeeds(this.config.apiKeys);
    if (seeds.length > 0) {
      for (const seed of seeds) await this.store.seed(seed);
      return null;
    }
    const kept = await this.file.read();
    return kept === null ? this.makeFirst() : this.makeKept(kept);
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
