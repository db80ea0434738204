import { StatusLine } from '../status-line.js';
import { Latencies } from './latencies.js';
import type { Ledger } from './ledger.js';

/** How a run goes, on stderr. */
export class Progress {
  private readonly latencies = new Latencies();
  private readonly status: StatusLine;
  private sentBefore = 0;

  constructor(
    private readonly ledger: Ledger,
    stream: NodeJS.WriteStream,
  ) {
    this.status = new StatusLine(stream, (elapsedMs) => this.line(elapsedMs));
  }

  answered(tookMs: number): void {
    this.latencies.add(tookMs);
  }

  stop(): void {
    this.status.stop();
  }

  private line(elapsedMs: number): string {
    const { sent, stored, duplicate, rejected, retried, made, acknowledged, lastFailure } = this.ledger;
    const perSecond = Math.round(((sent - this.sentBefore) * 1000) / elapsedMs);
    this.sentBefore = sent;
    const latency = this.latencies.summary();
    this.latencies.reset();
    const counts = `${perSecond}/s  stored ${stored}  duplicate ${duplicate}  rejected ${rejected}  retried ${retried}  waiting ${made - acknowledged}`;
    const timing = latency ? `  p50 ${latency.p50} ms  p99 ${latency.p99} ms` : '';
    return `${counts}${timing}${lastFailure === null ? '' : `  (${lastFailure})`}`;
  }
}
