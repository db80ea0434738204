/** The path of mariadbd; undefined where there is none. */
export function mariadbProgram(): Promise<string | undefined>;

/** A server with a data directory of its own: it may be killed and started again. */
export class MariadbServer {
  static make(program: string): Promise<MariadbServer>;
  readonly url: string;
  /** Resolves once it takes connections. */
  start(settings?: readonly string[]): Promise<void>;
  kill9(): Promise<void>;
  /** For good. */
  stop(): void;
}
