import type { Actor } from '../../../core/audit.js';
import { ProjectStore, type RemovedProject } from '../../../core/project-store.js';
import { insertAudit } from '../audit/insert-audit.js';
import type { Database } from '../database.js';
import { noteChange, raiseVersion } from '../keys/key-changes.js';
import { selectProjects } from '../keys/select-projects.js';
import { deleteProject } from './delete-project.js';
import { insertSample } from './insert-sample.js';
import { deleteRemoved, insertRemoved, selectRemoved } from './removed-projects.js';
import { selectProject } from './select-project.js';

export class PostgresProjectStore extends ProjectStore {
  constructor(private readonly database: Database) {
    super();
  }

  list(): Promise<ReadonlyMap<string, number>> {
    return selectProjects(this.database.operations);
  }

  createSample(name: string, actor: Actor): Promise<number | null> {
    return this.database.change(async (db) => {
      await raiseVersion(db);
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
      await raiseVersion(db);
      const project = await selectProject(db, name);
      if (project === null) return 'unknown';
      if (!project.sample) return 'not sample';
      const keys = await deleteProject(db, project.id);
      await insertRemoved(db, project.id);
      await noteChange(db, { keys, projects: [project.id] });
      const details = { sample: true, keys: keys.length };
      await insertAudit(db, actor, { action: 'project.remove', project: name, target: name, details });
      return project.id;
    });
  }

  removed(): Promise<RemovedProject[]> {
    return selectRemoved(this.database.operations);
  }

  forget(id: number): Promise<void> {
    return deleteRemoved(this.database.operations, id);
  }
}
