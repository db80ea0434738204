import type { CountedRecords } from '../../../core/counting/counted-records.js';
import { sequencesOf } from '../../../core/groups.js';
import { formatRfc3339 } from '../../../core/records/rfc3339.js';
import { QUARTER_HOUR } from '../../../core/time.js';
import { rows, type Queryable } from '../sql.js';

/**
 * Deletes who was seen in the times of these events, in the transaction that counts them: until it ends they are pending, and a
 * query adds them.
 */
export async function forgetSeen(db: Queryable, events: CountedRecords): Promise<void> {
  const runs = runsOf(events);
  await rows(db, {
    name: 'count.event.forget-seen',
    // 2 days: no range is longer, and the index leads to the few that may overlap
    text: `delete from event_seen s using unnest($1::int[], $2::timestamptz[], $3::timestamptz[]) as t(project_id, from_at, to_at)
           where s.project_id = t.project_id and s.from_at < t.to_at and s.from_at > t.from_at - interval '2 days'
             and s.to_at > t.from_at`,
    values: [
      runs.map(({ projectId }) => projectId),
      runs.map(({ from }) => formatRfc3339(from * QUARTER_HOUR)),
      runs.map(({ to }) => formatRfc3339(to * QUARTER_HOUR)),
    ],
  });
}

/** From the first to after the last of quarters that follow one another: days and hours of all time zones begin with one. */
interface Run {
  projectId: number;
  from: number;
  to: number;
}

function runsOf({ length, projects, timestamps }: CountedRecords): Run[] {
  const byProject = new Map<number, Set<number>>();
  for (let i = 0; i < length; i++) {
    const quarters = byProject.get(projects[i]) ?? new Set<number>();
    byProject.set(projects[i], quarters.add(Math.floor(timestamps[i] / QUARTER_HOUR)));
  }
  return [...byProject].flatMap(([projectId, quarters]) => {
    const ascending = [...quarters].sort((a, b) => a - b);
    const sequences = [...sequencesOf(ascending, (quarter, before) => quarter === before + 1)];
    return sequences.map((some) => ({ projectId, from: some[0], to: some.at(-1)! + 1 }));
  });
}
