/** Something that is done every so often, once in the whole cluster. */
export interface Job {
  name: string;
  everyMs: number;
  /** Every process looks after it, and the store sees to it that one does it. */
  everywhere?: boolean;
  /** Ends early once `stop` is aborted. */
  run(stop: AbortSignal): Promise<void>;
}
