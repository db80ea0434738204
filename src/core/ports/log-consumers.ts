/** What takes records from a log into the stores, in a process that is to do that. */
export abstract class LogConsumers {
  abstract start(): void;

  /** Takes nothing more; resolves once what is being stored is stored, and others may go on with the rest. */
  abstract stop(): Promise<void>;
}

/** Of a process that consumes nothing. */
export class NoConsumers extends LogConsumers {
  start(): void {}

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
