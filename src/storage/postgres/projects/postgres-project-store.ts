import { ProjectStore, type RemovedProject } from '../../../core/project-store.js';
import type { Database } from '../database.js';
import { raiseVersion } from '../keys/raise-version.js';
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

  createSample(name: string): Promise<number | null> {
    return this.database.change(async (db) => {
      await raiseVersion(db);
      return insertSample(db, name);
    });
  }

  removeSample(name: string): Promise<number | 'unknown' | 'not sample'> {
    return this.database.change(async (db) => {
      await raiseVersion(db);
      const project = await selectProject(db, name);
      if (project === null) return 'unknown';
      if (!project.sample) return 'not sample';
      await deleteProject(db, project.id);
      await insertRemoved(db, project.id);
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
