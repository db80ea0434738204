import { keyState } from '../../../core/api-key.js';
import type { Clock } from '../../../core/clock.js';
import {
  KeyStore,
  type KeySnapshot,
  type KeyUse,
  type ListedKey,
  type NewKey,
} from '../../../core/key-store.js';
import type { Database } from '../database.js';
import { selectLiveSessions } from '../sessions/select-live-sessions.js';
import type { Queryable } from '../sql.js';
import { inTransaction } from '../transaction.js';
import { addKeyUse } from './add-key-use.js';
import { insertKey } from './insert-key.js';
import { insertSuccessor } from './insert-successor.js';
import { raiseVersion } from './raise-version.js';
import { retireKey } from './retire-key.js';
import { revokeKey } from './revoke-key.js';
import { selectKeys } from './select-keys.js';
import { selectLiveKeys } from './select-live-keys.js';
import { selectProjects } from './select-projects.js';
import { selectVersion } from './select-version.js';
import { upsertProject } from './upsert-project.js';

export class PostgresKeyStore extends KeyStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  // On the pool of operations, as all of this: analysts may hold every query connection for half a minute, flushes those of
  // ingest, and a revoked key must be out within 2 s.
  version(): Promise<number> {
    return selectVersion(this.database.operations);
  }

  load(): Promise<KeySnapshot> {
    const read = async (db: Queryable): Promise<KeySnapshot> => ({
      version: await selectVersion(db),
      keys: await selectLiveKeys(db),
      sessions: await selectLiveSessions(db),
      projects: await selectProjects(db),
    });
    return inTransaction(this.database.operations, read, 'begin isolation level repeatable read read only');
  }

  create(key: NewKey): Promise<ListedKey> {
    return this.change(async (db) => {
      const id = await insertKey(db, await upsertProject(db, key.project), key);
      // 190 random bits met their like: a broken generator, never chance
      if (id === null) throw new Error('a key with this digest is there already');
      return this.get(db, id);
    });
  }

  async seed(key: NewKey): Promise<void> {
    if (await this.byDigest(key.digest)) return;
    await this.change(async (db) => insertKey(db, await upsertProject(db, key.project), key));
  }

  seedFirst(key: NewKey): Promise<boolean> {
    return this.change(async (db) => {
      if ((await selectKeys(db, {})).length > 0) return false;
      await insertKey(db, await upsertProject(db, key.project), key);
      return true;
    });
  }

  async byDigest(digest: string): Promise<ListedKey | null> {
    const [key] = await selectKeys(this.database.operations, { digest });
    return key ?? null;
  }

  list(project: string | null): Promise<ListedKey[]> {
    return selectKeys(this.database.operations, { project });
  }

  revoke(id: string, project: string | null): Promise<ListedKey | null> {
    return this.change(async (db) => {
      const [key] = await selectKeys(db, { id, project });
      if (key === undefined) return null;
      await revokeKey(db, id);
      return this.get(db, id);
    });
  }

  rotate(
    id: string,
    project: string | null,
    successor: { digest: string; prefix: string },
    oldExpiresAt: number,
  ): Promise<ListedKey | 'unknown' | 'spent'> {
    return this.change(async (db) => {
      const [key] = await selectKeys(db, { id, project });
      if (key === undefined) return 'unknown';
      if (keyState(key, this.clock.nowMs()) !== 'active') return 'spent';
      const successorId = await insertSuccessor(db, id, successor);
      await retireKey(db, id, successorId, oldExpiresAt);
      return this.get(db, successorId);
    });
  }

  addUse(uses: readonly KeyUse[]): Promise<void> {
    return addKeyUse(this.database.operations, uses);
  }

  private change<T>(work: (db: Queryable) => Promise<T>): Promise<T> {
    return this.database.change(async (db) => {
      await raiseVersion(db);
      return work(db);
    });
  }

  private async get(db: Queryable, id: string): Promise<ListedKey> {
    const [key] = await selectKeys(db, { id });
    return key;
  }
}
