import { rows, type Queryable } from '../sql.js';

export interface ProjectRow {
  id: number;
  /** Made for sample data, and to be removed with it. */
  sample: boolean;
}

export async function selectProject(db: Queryable, name: string): Promise<ProjectRow | null> {
  const [found] = await rows<ProjectRow>(db, {
    text: 'select id, sample from projects where name = $1',
    values: [name],
  });
  return found ?? null;
}
