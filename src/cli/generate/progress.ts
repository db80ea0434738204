import { Latencies } from './latencies.js';
import type { Ledger } from './ledger.js';

const TERMINAL_EVERY_MS = 1000;
const FILE_EVERY_MS = 5000;

/** A line on stderr about how it goes: one that is written over on a terminal, one every five seconds elsewhere. */
export class Progress {
  private readonly latencies = new Latencies();
  private readonly timer: NodeJS.Timeout;
  private readonly everyMs: number;
  private sentBefore = 0;

  constructor(
    private readonly ledger: Ledger,
    private readonly stream: NodeJS.WriteStream,
  ) {
    this.everyMs = stream.isTTY ? TERMINAL_EVERY_MS : FILE_EVERY_MS;
    this.timer = setInterval(() => this.show(), this.everyMs);
  }

  answered(tookMs: number): void {
    this.latencies.add(tookMs);
  }

  stop(): void {
    clearInterval(this.timer);
    if (this.stream.isTTY) this.stream.write('\r\x1b[K');
  }

  private show(): void {
    const line = this.line();
    this.stream.write(this.stream.isTTY ? `\r\x1b[K${line.slice(0, this.stream.columns - 1)}` : `${line}\n`);
  }

  private line(): string {
    const { sent, stored, duplicate, rejected, retried, made, acknowledged, lastFailure } = this.ledger;
    const perSecond = Math.round(((sent - this.sentBefore) * 1000) / this.everyMs);
    this.sentBefore = sent;
    const latency = this.latencies.summary();
    this.latencies.reset();
    const counts = `${perSecond}/s  stored ${stored}  duplicate ${duplicate}  rejected ${rejected}  retried ${retried}  waiting ${made - acknowledged}`;
    const timing = latency ? `  p50 ${latency.p50} ms  p99 ${latency.p99} ms` : '';
    return `${counts}${timing}${lastFailure === null ? '' : `  (${lastFailure})`}`;
  }
}
