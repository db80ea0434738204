import { ConfigError } from '../config/config-error.js';
import { isLoopback } from '../config/network-setting.js';
import type { Config } from '../config/settings.js';
import { DEFAULT_PROJECT, keyState, SCOPES, PROJECT_NAME, type Scope } from '../core/ports/api-key.js';
import type { Clock } from '../core/ports/clock.js';
import type { KeyStore, NewKey } from '../core/ports/key-store.js';
import { KeyFile } from './key-file.js';
import { digestOf, generateKey, weaknessOf, KEY_TEXT, MAX_KEY_LENGTH, prefixOf } from './key-text.js';

const FORM = 'must be KEY or NAME:PROJECT:SCOPES=KEY, scopes joined by +';

/** The advice about a guessable key. */
const REMEDY = 'make a random one, such as openssl rand -hex 24 gives';

/** Sees to it that a fresh server has a key. Safe for several processes that start at once. */
export class KeySeeder {
  private readonly file: KeyFile;

  constructor(
    private readonly store: KeyStore,
    private readonly clock: Clock,
    private readonly config: Config,
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
    // Written to the file before the database: after a crash between the two, the next start creates the key from the file.
    const shown = await this.makeKept(await this.file.keep(generateKey()));
    // A server with another DATA_DIR was faster.
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

/** What API_KEYS asks for. */
interface Seeds {
  keys: NewKey[];
  /** Warnings about keys that are accepted all the same: one line each, and none of them holds a key. */
  warnings: string[];
}

/**
 * Reads API_KEYS. Keys that can be guessed are refused, but where nobody from elsewhere can use them (`onLoopback`).
 * @throws ConfigError that counts the entry and never prints it
 */
export function parseSeeds(apiKeys: string, onLoopback: boolean): Seeds {
  const seeds: Seeds = { keys: [], warnings: [] };
  apiKeys.split(',').forEach((text, i) => {
    const entry = text.trim();
    if (entry === '') return;
    const refuse = (problem: string) => new ConfigError('API_KEYS', `entry ${i + 1}`, problem);
    const key = parseSeed(entry, refuse);
    if (seeds.keys.some(({ digest }) => digest === key.digest))
      throw refuse('repeats the key of an earlier entry');
    const weakness = weaknessOf(textOf(entry));
    if (weakness !== null && !onLoopback) throw refuse(`${weakness}: ${REMEDY}`);
    if (weakness !== null) seeds.warnings.push(`${refuse(weakness).message}: ${REMEDY}`);
    seeds.keys.push(key);
  });
  return { ...seeds, keys: toldApart(seeds.keys) };
}

// Keys with the same beginning would share a prefix in lists and logs: four digits of their digests tell them apart.
function toldApart(keys: readonly NewKey[]): NewKey[] {
  const alike = (key: NewKey) => keys.some((other) => other !== key && other.prefix === key.prefix);
  return keys.map((key) =>
    alike(key) ? { ...key, prefix: `${key.prefix}~${key.digest.slice(0, 4)}` } : key,
  );
}

function textOf(entry: string): string {
  return entry.slice(entry.indexOf('=') + 1);
}

function parseSeed(entry: string, refuse: (problem: string) => ConfigError): NewKey {
  const equals = entry.indexOf('=');
  if (equals < 0) return unnamed(checkKey(entry, refuse));
  const [name, project, scopeText, ...rest] = entry.slice(0, equals).split(':');
  if (name === '' || scopeText === undefined || rest.length > 0) throw refuse(FORM);
  if (!PROJECT_NAME.test(project))
    throw refuse('names a project that is not 1 to 64 letters, digits, . _ or -');
  const scopes = scopeText.split('+');
  if (!scopes.every((scope): scope is Scope => (SCOPES as readonly string[]).includes(scope))) {
    throw refuse(`has a scope that is not one of ${SCOPES.join(', ')}`);
  }
  return seedOf(name, project, scopes, checkKey(textOf(entry), refuse));
}

// Named by its digest, as `printf %s KEY | sha256sum` gives it: the same at each start, whatever stands beside it.
function unnamed(key: string): NewKey {
  return seedOf(`seeded ${digestOf(key).slice(0, 8)}`, DEFAULT_PROJECT, ['ingest', 'query'], key);
}

function checkKey(key: string, refuse: (problem: string) => ConfigError): string {
  if (!KEY_TEXT.test(key)) throw refuse('has a key that is empty or not printable ASCII without spaces');
  if (key.length > MAX_KEY_LENGTH) throw refuse(`has a key longer than ${MAX_KEY_LENGTH} characters`);
  return key;
}

export function seedOf(name: string, project: string, scopes: readonly Scope[], key: string): NewKey {
  return {
    name,
    project,
    scopes: SCOPES.filter((scope) => scopes.includes(scope)),
    digest: digestOf(key),
    prefix: prefixOf(key),
    expiresAt: null,
    rateLimitPerMinute: null,
    selfRotate: false,
  };
}
