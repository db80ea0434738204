import type { KeyView } from '../../auth/key.dto.js';
import { KeyService, type MadeKey } from '../../auth/key.service.js';
import type { Config } from '../../config/settings.js';
import { SightlineError } from '../../core/errors.js';
import { SystemClock } from '../../core/ports/clock.js';
import { MAX_KEYS, type KeyPage, type KeyPosition, type ListedKey } from '../../core/ports/key-store.js';
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

/** The keys of an open database, and how they are shown. */
export class KeyDesk {
  constructor(
    readonly keys: KeyService,
    private readonly json: boolean,
  ) {}

  /** Every page of them. */
  async listAll(project: string | null): Promise<ListedKey[]> {
    const all: ListedKey[] = [];
    let after: KeyPosition | null = null;
    do {
      const page: KeyPage = await this.keys.list(project, MAX_KEYS, after);
      all.push(...page.keys);
      after = page.next;
    } while (after !== null);
    return all;
  }

  show(keys: readonly ListedKey[]): void {
    const views = keys.map((key) => this.keys.view(key));
    print(this.json ? JSON.stringify(views) : keyTable(views));
  }

  showNew({ text, key }: MadeKey): void {
    const view = this.keys.view(key);
    const shown = () => `${keyTable([view])}\n\nkey (shown only once): ${text}`;
    print(this.json ? JSON.stringify({ ...view, key: text }) : shown());
  }
}

export async function withKeys(
  config: Config,
  json: boolean,
  work: (desk: KeyDesk) => Promise<void>,
): Promise<void> {
  const { PostgresKeyStore } = await import('../../storage/postgres/accounts/postgres-key-store.js');
  try {
    const clock = new SystemClock();
    await withDatabase(config, (database) =>
      work(new KeyDesk(new KeyService(new PostgresKeyStore(database, clock), clock, config), json)),
    );
  } catch (error) {
    throw explained(error);
  }
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
