import { ConfigError } from '../config/config-error.js';
import { DEFAULT_PROJECT, PROJECT_NAME, SCOPES, type Scope } from '../core/api-key.js';
import type { NewKey } from '../core/key-store.js';
import { digestOf, KEY_TEXT, MAX_KEY_LENGTH, prefixOf } from './key-text.js';

const FORM = 'must be KEY or NAME:PROJECT:SCOPES=KEY, scopes joined by +';

/** The keys of API_KEYS. @throws ConfigError that counts the entry and never prints it */
export function parseSeeds(apiKeys: string): NewKey[] {
  const entries = apiKeys.split(',').map((entry) => entry.trim());
  const seeds: NewKey[] = [];
  entries.forEach((entry, i) => {
    if (entry === '') return;
    const seed = parseSeed(entry, (problem) => new ConfigError('API_KEYS', `entry ${i + 1}`, problem));
    if (seeds.some(({ digest }) => digest === seed.digest)) {
      throw new ConfigError('API_KEYS', `entry ${i + 1}`, 'repeats the key of an earlier entry');
    }
    seeds.push(seed);
  });
  return seeds;
}

function parseSeed(entry: string, refuse: (problem: string) => ConfigError): NewKey {
  const equals = entry.indexOf('=');
  if (equals < 0) return seedOf('seeded', DEFAULT_PROJECT, ['ingest', 'query'], checkKey(entry, refuse));
  const [name, project, scopeText, ...rest] = entry.slice(0, equals).split(':');
  if (name === '' || scopeText === undefined || rest.length > 0) throw refuse(FORM);
  if (!PROJECT_NAME.test(project))
    throw refuse('names a project that is not 1 to 64 letters, digits, . _ or -');
  const scopes = scopeText.split('+');
  if (!scopes.every((scope): scope is Scope => (SCOPES as readonly string[]).includes(scope))) {
    throw refuse(`has a scope that is not one of ${SCOPES.join(', ')}`);
  }
  return seedOf(name, project, scopes, checkKey(entry.slice(equals + 1), refuse));
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
