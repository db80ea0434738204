/** A setting that is wrong. The message is one line that names the setting and where it came from, never its value. */
export class ConfigError extends Error {
  constructor(
    readonly setting: string,
    source: string,
    problem: string,
  ) {
    super(`${setting} (${source}) ${problem}`);
    this.name = 'ConfigError';
  }
}
