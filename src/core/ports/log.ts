export type LogState = 'off' | 'up' | 'down';

/** How the log between HTTP and the stores is, as this process sees it. */
export abstract class LogHealth {
  /** `off` where there is none; `down` while it takes no records. */
  abstract state(): LogState;

  /** Is what it takes stored? False once records have been waiting in a partition for 30 s without any of it being stored. */
  abstract isConsumed(): boolean;

  /** What its users must know of how durable it is, a sentence each. */
  abstract warnings(): readonly string[];
}

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
