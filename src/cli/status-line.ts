const TERMINAL_EVERY_MS = 1000;
const FILE_EVERY_MS = 5000;

/** A line about how it goes: one that is written over on a terminal, one every five seconds elsewhere. */
export class StatusLine {
  private readonly timer: NodeJS.Timeout;

  /** `line` is given the milliseconds since it was asked before. */
  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly line: (elapsedMs: number) => string,
  ) {
    const everyMs = stream.isTTY ? TERMINAL_EVERY_MS : FILE_EVERY_MS;
    this.timer = setInterval(() => this.show(everyMs), everyMs);
  }

  stop(): void {
    clearInterval(this.timer);
    if (this.stream.isTTY) this.stream.write('\r\x1b[K');
  }

  private show(elapsedMs: number): void {
    const line = this.line(elapsedMs);
    this.stream.write(this.stream.isTTY ? `\r\x1b[K${line.slice(0, this.stream.columns - 1)}` : `${line}\n`);
  }
}
