import type { NewKey } from '../../../core/ports/key-store.js';
import { rows, type Queryable } from '../sql.js';
import { toTime } from './select-keys.js';

/** Changes that are kept; a process that is further behind loads everything. */
const KEPT = 1_000;

/** What may have changed. */
interface Changed {
  keys?: readonly string[];
  /** Digests in hex. */
  sessions?: readonly string[];
  projects?: readonly number[];
}

/**
 * Announces to every process that keys, sessions or projects change in this transaction. `Database.change` calls it first: its row
 * lock serialises all changes, so that none can deadlock and later statements read current data.
 */
export async function incrementVersion(db: Queryable): Promise<void> {
  await rows(db, {
    name: 'keys.increment-version',
    text: `with raised as (update api_key_version set version = version + 1 returning version),
      forgotten as (delete from key_changes c using raised r where c.version <= r.version - ${KEPT})
      insert into key_changes (version) select version from raised
      on conflict (version) do update
      set stamp = gen_random_uuid(), keys = '{}', sessions = '{}', projects = '{}'`,
  });
}

/** Says what changed, after `incrementVersion` in the same transaction. */
export async function noteChange(
  db: Queryable,
  { keys = [], sessions = [], projects = [] }: Changed,
): Promise<void> {
  await rows(db, {
    name: 'keys.note-change',
    text: `update key_changes set keys = keys || $1::uuid[],
        sessions = sessions || array(select decode(digest, 'hex') from unnest($2::text[]) as digest),
        projects = projects || $3::integer[]
      where version = (select version from api_key_version)`,
    values: [keys, sessions, projects],
  });
}

/** The version now: a number that each change raises, and its stamp. */
export async function selectVersion(db: Queryable): Promise<string> {
  const [row] = await rows<VersionRow>(db, {
    name: 'keys.version',
    text: 'select version, stamp from api_key_version left join key_changes using (version)',
  });
  return textOf(row);
}

/**
 * What changed since a version, and the version now; null where that is not known: it is too long ago, of another history, or a
 * process of an older release made changes meanwhile, of which it says nothing.
 */
export async function selectChanges(
  db: Queryable,
  since: string,
): Promise<(Required<Changed> & { version: string }) | null> {
  const first = Number(since.split('/', 1)[0]);
  const changes = await rows<ChangeRow>(db, {
    name: 'keys.changes',
    text: `select c.version, c.stamp, v.version as latest, keys, sessions, projects
      from key_changes c, api_key_version v where c.version between $1 and v.version order by c.version`,
    values: [first],
  });
  const last = changes.at(-1);
  if (last === undefined || textOf(changes[0]) !== since) return null;
  if (last.version !== last.latest || changes.length !== last.version - first + 1) return null;
  const made = changes.slice(1);
  return {
    version: textOf(last),
    keys: distinct(made.flatMap(({ keys }) => keys)),
    sessions: distinct(made.flatMap(({ sessions }) => sessions.map((digest) => digest.toString('hex')))),
    projects: distinct(made.flatMap(({ projects }) => projects)),
  };
}

interface VersionRow {
  version: number;
  stamp: string | null;
}

interface ChangeRow extends VersionRow {
  latest: number;
  keys: string[];
  sessions: Buffer[];
  projects: number[];
}

function textOf({ version, stamp }: VersionRow): string {
  return `${version}/${stamp ?? ''}`;
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** The id of the new key; null if its digest is known already. */
export async function insertKey(db: Queryable, projectId: number, key: NewKey): Promise<string | null> {
  const made = await rows<{ id: string }>(db, {
    text: `insert into api_keys (project_id, name, prefix, digest, scopes, expires_at, rate_limit_per_minute, self_rotate)
      values ($1, $2, $3, decode($4, 'hex'), $5, $6, $7, $8)
      on conflict (digest) do nothing returning id`,
    values: [
      projectId,
      key.name,
      key.prefix,
      key.digest,
      key.scopes,
      toTime(key.expiresAt),
      key.rateLimitPerMinute,
      key.selfRotate,
    ],
  });
  return made.length === 0 ? null : made[0].id;
}

/** A key with the rights of key `id`, its time of expiry included: rotation renews the secret, never the right. */
export async function insertSuccessor(
  db: Queryable,
  id: string,
  successor: { digest: string; prefix: string },
): Promise<string> {
  const [row] = await rows<{ id: string }>(db, {
    text: `insert into api_keys (project_id, name, prefix, digest, scopes, expires_at, rate_limit_per_minute, self_rotate)
      select project_id, name, $3, decode($2, 'hex'), scopes, expires_at, rate_limit_per_minute, self_rotate
      from api_keys where id = $1 returning id`,
    values: [id, successor.digest, successor.prefix],
  });
  return row.id;
}

/** Names the successor of a key and lets it expire at `expiresAt` at the latest. */
export async function retireKey(
  db: Queryable,
  id: string,
  successorId: string,
  expiresAt: number,
): Promise<void> {
  await rows(db, {
    text: `update api_keys set successor_id = $2, expires_at = least(expires_at, $3::timestamptz) where id = $1`,
    values: [id, successorId, toTime(expiresAt)],
  });
}

/** Revoking twice keeps the first time. */
export async function revokeKey(db: Queryable, id: string): Promise<void> {
  await rows(db, {
    text: 'update api_keys set revoked_at = coalesce(revoked_at, now()) where id = $1',
    values: [id],
  });
}
