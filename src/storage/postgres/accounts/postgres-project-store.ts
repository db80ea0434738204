import type { Actor } from '../../../core/ports/audit.js';
import { ProjectStore, type RemovedProject } from '../../../core/ports/project-store.js';
import { insertAudit } from '../audit/insert-audit.js';
import type { Database } from '../database.js';
import { rows, type Queryable } from '../sql.js';
import { noteChange } from './change-keys.js';
import { selectProjects } from './select-projects.js';

export class PostgresProjectStore extends ProjectStore {
  constructor(private readonly database: Database) {
    super();
  }

  list(): Promise<ReadonlyMap<string, number>> {
    return selectProjects(this.database.operations);
  }

  createSample(name: string, actor: Actor): Promise<number | null> {
    return this.database.change(async (db) => {
      const id = await insertSample(db, name);
      if (id === null) return null;
      await noteChange(db, { projects: [id] });
      await insertAudit(db, actor, {
        action: 'project.create',
        project: name,
        target: name,
        details: { sample: true },
      });
      return id;
    });
  }

  removeSample(name: string, actor: Actor): Promise<number | 'unknown' | 'not sample'> {
    return this.database.change(async (db) => {
      const [project] = await rows<{ id: number; sample: boolean }>(db, {
        text: 'select id, sample from projects where name = $1',
        values: [name],
      });
      if (project === undefined) return 'unknown';
      if (!project.sample) return 'not sample';
      const keys = await deleteProject(db, project.id);
      await rows(db, { text: 'insert into removed_projects (id) values ($1)', values: [project.id] });
      await noteChange(db, { keys, projects: [project.id] });
      const details = { sample: true, keys: keys.length };
      await insertAudit(db, actor, { action: 'project.remove', project: name, target: name, details });
      return project.id;
    });
  }

  async removed(): Promise<RemovedProject[]> {
    const found = await rows<{ id: number; removed_at: string }>(this.database.operations, {
      text: 'select id, removed_at from removed_projects order by id',
    });
    return found.map(({ id, removed_at }) => ({ id, removedAt: Date.parse(removed_at) }));
  }

  async forget(id: number): Promise<void> {
    await rows(this.database.operations, {
      text: 'delete from removed_projects where id = $1',
      values: [id],
    });
  }
}

/** The id of the new project; null where its name is taken. */
async function insertSample(db: Queryable, name: string): Promise<number | null> {
  const made = await rows<{ id: number }>(db, {
    text: 'insert into projects (name, sample) values ($1, true) on conflict (name) do nothing returning id',
    values: [name],
  });
  return made.length === 0 ? null : made[0].id;
}

/** The project itself, with its keys, whose ids are given; their sessions go with them. */
async function deleteProject(db: Queryable, id: number): Promise<string[]> {
  const keys = await rows<{ id: string }>(db, {
    text: 'delete from api_keys where project_id = $1 returning id',
    values: [id],
  });
  await rows(db, { text: 'delete from projects where id = $1', values: [id] });
  return keys.map((key) => key.id);
}
