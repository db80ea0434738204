/** Something that is done once in the whole cluster, every so often. */
export interface Job {
  name: string;
  everyMs: number;
  /** Ends early once `stop` is aborted. */
  run(stop: AbortSignal): Promise<void>;
}
