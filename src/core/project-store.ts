import type { Actor } from './audit.js';

/** A project that was removed; its data may not all be gone yet. */
export interface RemovedProject {
  id: number;
  /** Milliseconds since the epoch, by the store's clock. */
  removedAt: number;
}

/** Projects that come and go as a whole. Every change raises the keys' version, and is recorded in the audit log. */
export abstract class ProjectStore {
  /** Every project's id, by its name. */
  abstract list(): Promise<ReadonlyMap<string, number>>;

  /** The id of a new project for sample data; null where there is a project of this name. */
  abstract createSample(name: string, actor: Actor): Promise<number | null>;

  /**
   * Takes a sample project away with its keys and their sessions, and remembers its id among the removed: from here on
   * nobody can ask for its data. An id is never given again. `not sample`: the project is somebody's own; it stays.
   */
  abstract removeSample(name: string, actor: Actor): Promise<number | 'unknown' | 'not sample'>;

  /** The projects whose data is to be removed, and looked for again for a while: a request may have been on its way. */
  abstract removed(): Promise<RemovedProject[]>;

  /** Nothing of this removed project can come any more. */
  abstract forget(id: number): Promise<void>;
}
