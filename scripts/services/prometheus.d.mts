/** A Prometheus of its own with this configuration file. */
export class PrometheusServer {
  /** Resolves once it answers. @param program path of the server. */
  static start(program: string, configFile: string): Promise<PrometheusServer>;
  readonly url: string;
  stop(): Promise<void>;
}
