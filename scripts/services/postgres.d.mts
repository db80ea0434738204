/** A server with a data directory of its own: it may be restarted. */
export class PostgresServer {
  /** With the embedded one's programs and the settings of `initdb`. */
  static make(): Promise<PostgresServer>;
  readonly url: string;
  /** Resolves once it takes connections. */
  start(): Promise<void>;
  /** Goes down as `pg_ctl -m` has it, and comes back. */
  restart(mode: 'fast' | 'immediate'): Promise<void>;
  /** For good. */
  stop(): void;
}
