import { rows, type Queryable } from '../sql.js';

/** Changes that are kept: a process that is further behind loads all. */
const KEPT = 1_000;

/** What may have changed. */
export interface Changed {
  keys?: readonly string[];
  /** Digests in hex. */
  sessions?: readonly string[];
  projects?: readonly number[];
}

/**
 * Tells every process that keys, sessions or projects change in this transaction. Call it first: the row's lock puts all
 * changes in one order, so that none can deadlock and what a later statement reads is current.
 */
export async function raiseVersion(db: Queryable): Promise<void> {
  await rows(db, {
    name: 'raise_key_version',
    text: `with raised as (update api_key_version set version = version + 1 returning version),
      forgotten as (delete from key_changes c using raised r where c.version <= r.version - ${KEPT})
      insert into key_changes (version) select version from raised
      on conflict (version) do update
      set stamp = gen_random_uuid(), keys = '{}', sessions = '{}', projects = '{}'`,
  });
}

/** Says what changed, after `raiseVersion` in the same transaction. */
export async function noteChange(
  db: Queryable,
  { keys = [], sessions = [], projects = [] }: Changed,
): Promise<void> {
  await rows(db, {
    name: 'note_key_change',
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
    name: 'select_key_version',
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
    name: 'select_key_changes',
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
