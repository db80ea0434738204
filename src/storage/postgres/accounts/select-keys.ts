import type { ApiKey } from '../../../core/ports/api-key.js';
import type { ListedKey, KeyPage, KeyPosition } from '../../../core/ports/key-store.js';
import type { NewSession } from '../../../core/ports/session-store.js';
import { rows, type Queryable } from '../sql.js';

/** The columns of a `KeyRow`: `k` is api_keys, `p` is projects. */
const KEY_COLUMNS = `k.id, k.name, k.prefix, k.project_id as "projectId", p.name as project, k.scopes, k.created_at as "createdAt",
  k.expires_at as "expiresAt", k.revoked_at as "revokedAt", k.rate_limit_per_minute as "rateLimitPerMinute",
  k.self_rotate as "selfRotate", k.successor_id as "successorId", k.usage_count as "usageCount", k.last_used_at as "lastUsedAt"`;

interface KeyQuery {
  id?: string;
  digest?: string;
  project?: string | null;
  /** Keys that come after this one. */
  after?: KeyPosition | null;
  limit?: number;
}

/** Oldest first; what is absent does not narrow. */
export async function selectKeys(db: Queryable, query: KeyQuery): Promise<ListedKey[]> {
  return (await selectKeyRows(db, query)).map(toListedKey);
}

function selectKeyRows(db: Queryable, { id, digest, project, after, limit }: KeyQuery): Promise<KeyRow[]> {
  return rows<KeyRow>(db, {
    text: `select ${KEY_COLUMNS} from api_keys k join projects p on p.id = k.project_id
      where ($1::uuid is null or k.id = $1)
        and ($2::text is null or k.digest = decode($2, 'hex'))
        and ($3::text is null or k.project_id = (select id from projects where name = $3))
        and ($4::timestamptz is null or (k.created_at, k.id) > ($4, $5::uuid))
      order by k.created_at, k.id limit $6`,
    values: [
      id ?? null,
      digest ?? null,
      project ?? null,
      after?.createdAt ?? null,
      after?.id ?? null,
      limit ?? null,
    ],
  });
}

/** With the times as PostgreSQL gives them. */
interface KeyRow extends Omit<ListedKey, 'createdAt' | 'expiresAt' | 'revokedAt' | 'lastUsedAt'> {
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
}

function toListedKey(row: KeyRow): ListedKey {
  return {
    ...row,
    createdAt: Date.parse(row.createdAt),
    expiresAt: toMillis(row.expiresAt),
    revokedAt: toMillis(row.revokedAt),
    lastUsedAt: toMillis(row.lastUsedAt),
  };
}

function toMillis(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}

/** A time as a statement's value. */
export function toTime(millis: number | null): string | null {
  return millis === null ? null : new Date(millis).toISOString();
}

/** The keys of one project, or of all, after a position. */
export async function selectKeyPage(
  db: Queryable,
  project: string | null,
  limit: number,
  after: KeyPosition | null,
): Promise<KeyPage> {
  // One more than is given tells whether there is a next page.
  const found = await selectKeyRows(db, { project, after, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const next = found.length > limit && last ? { createdAt: last.createdAt, id: last.id } : null;
  return { keys: page.map(toListedKey), next };
}

/**
 * Keys that may still be honoured, by digest in hex: all, or those of `ids`. Whether one has expired is judged by each request's
 * clock.
 */
export async function selectLiveKeys(
  db: Queryable,
  ids: readonly string[] | null = null,
): Promise<Map<string, ApiKey>> {
  if (ids?.length === 0) return new Map();
  const found = await rows<KeyRow & { digest: string }>(db, {
    text: `select ${KEY_COLUMNS}, encode(k.digest, 'hex') as digest
      from api_keys k join projects p on p.id = k.project_id
      where k.revoked_at is null and (k.expires_at is null or k.expires_at > now() - interval '1 day')
        and ($1::uuid[] is null or k.id = any ($1))`,
    values: [ids],
  });
  return new Map(found.map(({ digest, ...row }) => [digest, toListedKey(row)]));
}

/**
 * Sessions that may still be honoured: all, or those of `digests`. Whether one has ended meanwhile is judged by each request's
 * clock.
 */
export async function selectLiveSessions(
  db: Queryable,
  digests: readonly string[] | null = null,
): Promise<NewSession[]> {
  if (digests?.length === 0) return [];
  const found = await rows<Omit<NewSession, 'expiresAt'> & { expiresAt: string }>(db, {
    text: `select encode(digest, 'hex') as digest, key_id as "keyId", expires_at as "expiresAt" from sessions
      where expires_at > now()
        and ($1::text[] is null or digest = any (array(select decode(d, 'hex') from unnest($1::text[]) as d)))`,
    values: [digests],
  });
  return found.map((row) => ({ ...row, expiresAt: Date.parse(row.expiresAt) }));
}
