import { setTimeout as delay } from 'node:timers/promises';
import { DAY_MS, dayText } from '../../core/time.js';
import { isTransient } from './errors.js';
import { withLock } from './named-lock.js';
import type { Session, Sessions } from './sql.js';

const ATTEMPTS = 100;
const PAUSE_MS = 200;
const LOCK_PATIENCE_S = 60;

/** The partitions of access_logs, one for each UTC day of receipt. */
export class Partitions {
  /** Days that are known to have one: an append asks nobody. */
  private readonly known = new Set<string>();

  constructor(private readonly background: Sessions) {}

  /** Makes those that are missing; for many processes at once. */
  async ensure(days: Iterable<string>): Promise<void> {
    const missing = [...new Set(days)].filter((day) => !this.known.has(day)).sort();
    if (missing.length === 0) return;
    await this.background.use((db) =>
      withLock(db, 'partitions', LOCK_PATIENCE_S, async () => {
        for (const day of missing) await make(db, day);
      }),
    );
    for (const day of missing) this.known.add(day);
  }

  /** Another process dropped one that was known here. */
  forget(): void {
    this.known.clear();
  }

  /** Oldest first. */
  days(): Promise<string[]> {
    return this.background.use(partitionDays);
  }

  /** Drops a day's, if it is there. */
  async drop(db: Session, day: string): Promise<void> {
    this.known.delete(day);
    await withLock(db, 'partitions', LOCK_PATIENCE_S, async () => {
      if ((await partitionDays(db)).includes(day)) await alter(db, `drop partition ${partitionOf(day)}`);
    });
  }
}

async function partitionDays(db: Session): Promise<string[]> {
  const found = await db.rows<{ name: string }>(`
    select partition_name as name from information_schema.partitions
    where table_schema = database() and table_name = 'access_logs' and partition_name regexp '^p[0-9]{8}$'
    order by partition_name`);
  return found.map(({ name }) => `${name.slice(1, 5)}-${name.slice(5, 7)}-${name.slice(7, 9)}`);
}

// A range has no gaps: what has no partition of its own lies in the next one. A day that comes late, which only an import or a
// clock that was wrong brings, is split off from there.
async function make(db: Session, day: string): Promise<void> {
  const days = await partitionDays(db);
  if (days.includes(day)) return;
  const next = days.find((other) => other > day);
  if (next === undefined) await alter(db, `add partition (${definition(day)})`);
  else
    await alter(
      db,
      `reorganize partition ${partitionOf(next)} into (${definition(day)}, ${definition(next)})`,
    );
}

// Appends queue behind a waiting lock request: better to try often, for a second each.
async function alter(db: Session, change: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await db.run(`alter table access_logs wait 1 ${change}`);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !isTransient(error)) throw error;
      await delay(PAUSE_MS);
    }
  }
}

function definition(day: string): string {
  const end = dayText(Date.parse(day) + DAY_MS);
  return `partition ${partitionOf(day)} values less than ('${end}')`;
}

function partitionOf(day: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new Error(`no day: ${day}`);
  return `p${day.replaceAll('-', '')}`;
}
