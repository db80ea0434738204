import type { EventFilter } from '../../../core/event-reader.js';
import { rows, type Queryable } from '../sql.js';
import { Values } from '../reading/values.js';

const DIMENSION_COLUMNS = {
  eventType: 'event_type',
  eventName: 'event_name',
  priority: 'priority',
  appVersion: 'app_version',
  providerName: 'provider_name',
} as const satisfies Partial<Record<keyof EventFilter, string>>;

type DimensionColumn = (typeof DIMENSION_COLUMNS)[keyof typeof DIMENSION_COLUMNS];

/** What the rollups count one by one: all events of a project, or those with one value in one column. */
export interface TotalQuestion {
  column: DimensionColumn | null;
  value: string;
}

/** The question of the rollups that has the same answer as this filter, or null where they have none. */
export function totalQuestion(filter: EventFilter): TotalQuestion | null {
  const { eventType, eventName, priority, appVersion, providerName } = filter;
  if (filter.userId !== undefined || filter.sessionId !== undefined || filter.properties.length > 0)
    return null;
  if (filter.from !== undefined || filter.to !== undefined) return null;
  const asked = Object.entries({ eventType, eventName, priority, appVersion, providerName }).filter(
    ([, value]) => value !== undefined,
  );
  if (asked.length === 0) return { column: null, value: '' };
  const [[field, value]] = asked;
  // value '' of a dimension stands for the events without one
  if (asked.length > 1 || !value) return null;
  return { column: DIMENSION_COLUMNS[field as keyof typeof DIMENSION_COLUMNS], value };
}

/** Exact; null where some of the values were folded into `(other)`, as then the rollups do not know. */
export async function countByTotals(
  db: Queryable,
  projectId: number,
  { column, value }: TotalQuestion,
): Promise<number | null> {
  const values = new Values();
  const project = values.bind(projectId);
  const dimension = values.bind(column ?? 'all');
  const wanted = values.bind(value);
  // one statement, one snapshot: compaction moves counts from the deltas to the totals
  const text = `
    select
      coalesce(sum(n) filter (where value = ${wanted}), 0)::bigint
        + (select count(*) from event_deltas
           where project_id = ${project}${column ? ` and ${column} = ${wanted}` : ''}) as n,
      coalesce(bool_or(value = '(other)'), false) as folded
    from event_totals
    where project_id = ${project} and dimension = ${dimension} and value in (${wanted}, '(other)')`;
  const [{ n, folded }] = await rows<{ n: number; folded: boolean }>(db, { text, values: values.list });
  return folded ? null : n;
}
