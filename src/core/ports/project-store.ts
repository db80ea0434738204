import type { Actor } from './audit.js';

/** A project that was removed; its data may not all be gone yet. */
export interface RemovedProject {
  id: number;
  /** Milliseconds since the epoch, by the store's clock. */
  removedAt: number;
}

/** Creates and removes whole projects. Every change increments the version of the keys, and is recorded in the audit log. */
export abstract class ProjectStore {
  /** Every project's id, by its name. */
  abstract list(): Promise<ReadonlyMap<string, number>>;

  /** The id of a new project for sample data; null where there is a project of this name. */
  abstract createSample(name: string, actor: Actor): Promise<number | null>;

  /**
   * Removes a sample project with its keys and their sessions, and remembers its id as removed: from now on nobody can query
   * its data. Ids are never reused. `not sample`: the project is somebody's own, and stays.
   */
  abstract removeSample(name: string, actor: Actor): Promise<number | 'unknown' | 'not sample'>;

  /** The removed projects whose data is to be deleted, again and again for a while: a request may have been in flight. */
  abstract removed(): Promise<RemovedProject[]>;

  /** Forgets a removed project: no more data can arrive for it. */
  abstract forget(id: number): Promise<void>;
}
