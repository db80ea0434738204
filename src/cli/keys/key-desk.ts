import { viewOf } from '../../auth/key-view.js';
import type { KeyView } from '../../auth/key.dto.js';
import { KeyService, type MadeKey } from '../../auth/key.service.js';
import { RotationPolicy } from '../../auth/rotation-policy.js';
import type { Config } from '../../config/settings.js';
import { SystemClock } from '../../core/clock.js';
import { SightlineError } from '../../core/errors.js';
import {
  MAX_KEYS,
  type KeyPage,
  type KeyPosition,
  type KeyStore,
  type ListedKey,
} from '../../core/key-store.js';
import { print, textTable } from '../listing.js';
import { withDatabase } from '../open-database.js';

const COLUMNS = [
  'id',
  'name',
  'project',
  'prefix',
  'scopes',
  'state',
  'usage_count',
  'last_used_at',
  'expires_at',
] as const;

/** The key service over an open database, and how its answers are shown. */
export interface KeyDesk {
  keys: KeyService;
  /** Every page of them. */
  listAll(project: string | null): Promise<ListedKey[]>;
  show(keys: ListedKey[]): void;
  showNew(made: MadeKey): void;
}

export async function withKeys(
  config: Config,
  json: boolean,
  work: (desk: KeyDesk) => Promise<void>,
): Promise<void> {
  const { PostgresKeyStore } = await import('../../storage/postgres/accounts/postgres-key-store.js');
  try {
    await withDatabase(config, (database) =>
      work(deskOf(new PostgresKeyStore(database, new SystemClock()), config, json)),
    );
  } catch (error) {
    throw explained(error);
  }
}

function deskOf(store: KeyStore, config: Config, json: boolean): KeyDesk {
  const clock = new SystemClock();
  const rotation = new RotationPolicy(config);
  const view = (key: ListedKey) => viewOf(key, clock.nowMs(), rotation.isDue(key, clock.nowMs()));
  const keys = new KeyService(store, clock, config);
  return {
    keys,
    listAll: (project) => listAll(keys, project),
    show: (keys) => print(json ? JSON.stringify(keys.map(view)) : keyTable(keys.map(view))),
    showNew: ({ text, key }) =>
      print(
        json
          ? JSON.stringify({ ...view(key), key: text })
          : `${keyTable([view(key)])}\n\nkey (shown only once): ${text}`,
      ),
  };
}

async function listAll(service: KeyService, project: string | null): Promise<ListedKey[]> {
  const all: ListedKey[] = [];
  let after: KeyPosition | null = null;
  do {
    const page: KeyPage = await service.list(project, MAX_KEYS, after);
    all.push(...page.keys);
    after = page.next;
  } while (after !== null);
  return all;
}

// The command line shows a message alone, and these are said elsewhere.
function explained(error: unknown): unknown {
  if (!(error instanceof SightlineError) || error.details.length === 0) return error;
  return new Error(error.details.map(({ field, message }) => `${field}: ${message}`).join('; '));
}

/** Keys as columns of text, a line each. */
function keyTable(keys: readonly KeyView[]): string {
  return textTable([[...COLUMNS], ...keys.map((key) => COLUMNS.map((column) => cell(key[column])))]);
}

function cell(value: string | number | readonly string[] | null): string | null {
  if (value === null) return null;
  return typeof value === 'object' ? value.join(',') : String(value);
}
