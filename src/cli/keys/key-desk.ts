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
import { openDatabase } from '../open-database.js';
import { textTable } from '../text-table.js';

const UNDEFINED_TABLE = '42P01';
export const NO_TABLES = 'the database has no tables yet: run sightline migrate up, or start the server once';

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

export function isMissingTable(error: unknown): boolean {
  return (error as { code?: unknown }).code === UNDEFINED_TABLE;
}

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
  const { Database } = await import('../../storage/postgres/database.js');
  const { PostgresKeyStore } = await import('../../storage/postgres/accounts/postgres-key-store.js');
  const opened = await openDatabase(config);
  try {
    const database = await Database.connect(config, opened.url);
    const store = new PostgresKeyStore(database, new SystemClock());
    await work(deskOf(store, config, json)).finally(() => database.close());
  } catch (error) {
    throw explained(error);
  } finally {
    await opened.close();
  }
}

function deskOf(store: KeyStore, config: Config, json: boolean): KeyDesk {
  const clock = new SystemClock();
  const rotation = new RotationPolicy(config);
  const view = (key: ListedKey) => viewOf(key, clock.nowMs(), rotation.isDue(key, clock.nowMs()));
  const print = (text: string) => process.stdout.write(`${text}\n`);
  const keys = new KeyService(store, clock, config);
  return {
    keys,
    listAll: (project) => listAll(keys, project),
    show: (keys) => void print(json ? JSON.stringify(keys.map(view)) : keyTable(keys.map(view))),
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

// The command line shows a message alone, and these are said elsewhere or in the database's words.
function explained(error: unknown): unknown {
  if (isMissingTable(error)) return new Error(NO_TABLES);
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
