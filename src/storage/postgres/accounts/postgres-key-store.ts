import { keyState } from '../../../core/ports/api-key.js';
import { SERVER, type Actor, type AuditAction } from '../../../core/ports/audit.js';
import type { Clock } from '../../../core/ports/clock.js';
import {
  KeyStore,
  type KeyChanges,
  type KeyPage,
  type KeyPosition,
  type KeySnapshot,
  type KeyUse,
  type ListedKey,
  type NewKey,
} from '../../../core/ports/key-store.js';
import { insertAudit } from '../audit/insert-audit.js';
import type { Database } from '../database.js';
import { rows, type Queryable } from '../sql.js';
import { inTransaction } from '../transaction.js';
import {
  insertKey,
  noteChange,
  selectChanges,
  selectVersion,
  insertSuccessor,
  retireKey,
  revokeKey,
} from './change-keys.js';
import { selectLiveSessions, selectKeyPage, selectKeys, selectLiveKeys, toTime } from './select-keys.js';
import { selectProjects, upsertProject } from './select-projects.js';

const SNAPSHOT = 'begin isolation level repeatable read read only';

export class PostgresKeyStore extends KeyStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  // On the pool of operations, as all of this: analysts may hold every query connection for half a minute, flushes those of
  // ingest, and a revoked key must be out within 2 s.
  version(): Promise<string> {
    return selectVersion(this.database.operations);
  }

  load(): Promise<KeySnapshot> {
    const read = async (db: Queryable): Promise<KeySnapshot> => ({
      version: await selectVersion(db),
      keys: await selectLiveKeys(db),
      sessions: await selectLiveSessions(db),
      projects: await selectProjects(db),
    });
    return inTransaction(this.database.operations, read, SNAPSHOT);
  }

  changes(since: string): Promise<KeyChanges | null> {
    const read = async (db: Queryable): Promise<KeyChanges | null> => {
      const changed = await selectChanges(db, since);
      return (
        changed && {
          version: changed.version,
          keyIds: changed.keys,
          keys: await selectLiveKeys(db, changed.keys),
          sessionDigests: changed.sessions,
          sessions: await selectLiveSessions(db, changed.sessions),
          projectIds: changed.projects,
          projects: await selectProjects(db, changed.projects),
        }
      );
    };
    return inTransaction(this.database.operations, read, SNAPSHOT);
  }

  create(key: NewKey, actor: Actor): Promise<ListedKey> {
    return this.database.change(async (db) => {
      const id = await this.insert(db, key, actor);
      // two equal digests mean a broken random generator, not chance
      if (id === null) throw new Error('a key with this digest is there already');
      return this.get(db, id);
    });
  }

  async seed(key: NewKey): Promise<void> {
    if (await this.byDigest(key.digest)) return;
    await this.database.change((db) => this.insert(db, key, SERVER));
  }

  seedFirst(key: NewKey): Promise<boolean> {
    return this.database.change(async (db) => {
      if ((await selectKeys(db, { limit: 1 })).length > 0) return false;
      await this.insert(db, key, SERVER);
      return true;
    });
  }

  async byDigest(digest: string): Promise<ListedKey | null> {
    const [key] = await selectKeys(this.database.operations, { digest });
    return key ?? null;
  }

  list(project: string | null, limit: number, after: KeyPosition | null): Promise<KeyPage> {
    return selectKeyPage(this.database.operations, project, limit, after);
  }

  revoke(id: string, project: string | null, actor: Actor): Promise<ListedKey | null> {
    return this.database.change(async (db) => {
      const [key] = await selectKeys(db, { id, project });
      if (key === undefined || key.revokedAt !== null) return key ?? null;
      await revokeKey(db, id);
      await this.record(db, actor, 'key.revoke', key);
      return this.get(db, id);
    });
  }

  rotate(
    id: string,
    project: string | null,
    successor: { digest: string; prefix: string },
    oldExpiresAt: number,
    actor: Actor,
  ): Promise<ListedKey | 'unknown' | 'spent'> {
    return this.database.change(async (db) => {
      const [key] = await selectKeys(db, { id, project });
      if (key === undefined) return 'unknown';
      if (keyState(key, this.clock.nowMs()) !== 'active') return 'spent';
      const successorId = await insertSuccessor(db, id, successor);
      await retireKey(db, id, successorId, oldExpiresAt);
      await noteChange(db, { keys: [successorId] });
      await this.record(db, actor, 'key.rotate', key, {
        successor_id: successorId,
        successor_prefix: successor.prefix,
      });
      return this.get(db, successorId);
    });
  }

  async addUse(uses: readonly KeyUse[]): Promise<void> {
    await rows(this.database.operations, {
      name: 'keys.add-use',
      // locked in one order, since several processes do this at once
      text: `with use as (
          select * from unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) as u (id, n, last_used_at)
        ), locked as (
          select id from api_keys where id = any ($1) order by id for update
        )
        update api_keys k
        set usage_count = k.usage_count + use.n, last_used_at = greatest(k.last_used_at, use.last_used_at)
        from use join locked using (id) where k.id = use.id`,
      values: [
        uses.map((use) => use.id),
        uses.map((use) => use.count),
        uses.map((use) => toTime(use.lastUsedAt)),
      ],
    });
  }

  /** The id of the new key; null if its digest is known already. */
  private async insert(db: Queryable, key: NewKey, actor: Actor): Promise<string | null> {
    const project = await upsertProject(db, key.project);
    const id = await insertKey(db, project.id, key);
    if (project.made) {
      await noteChange(db, { projects: [project.id] });
      const change = { project: key.project, target: key.project, details: {} };
      await insertAudit(db, actor, { action: 'project.create', ...change });
    }
    if (id === null) return null;
    await this.record(db, actor, 'key.create', await this.get(db, id), {
      scopes: key.scopes,
      expires_at: key.expiresAt === null ? null : new Date(key.expiresAt).toISOString(),
      rate_limit_per_minute: key.rateLimitPerMinute,
      self_rotate: key.selfRotate,
    });
    return id;
  }

  private async record(
    db: Queryable,
    actor: Actor,
    action: AuditAction,
    { id, name, prefix, project }: ListedKey,
    details: object = {},
  ): Promise<void> {
    await noteChange(db, { keys: [id] });
    await insertAudit(db, actor, { action, project, target: id, details: { name, prefix, ...details } });
  }

  private async get(db: Queryable, id: string): Promise<ListedKey> {
    const [key] = await selectKeys(db, { id });
    return key;
  }
}
