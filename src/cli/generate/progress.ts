import { StatusLine } from '../status-line.js';
import { Latencies } from './latencies.js';
import type { Ledger } from './ledger.js';

/** Infinity for what sets no end. */
type Goal = Record<'count' | 'durationMs', number>;

/** How a run goes, on stderr. */
export class Progress {
  private readonly latencies = new Latencies();
  private readonly status: StatusLine;
  private readonly startedAtMs = performance.now();
  private sentBefore = 0;

  constructor(
    private readonly ledger: Ledger,
    stream: NodeJS.WriteStream,
    private readonly goal: Goal,
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
    const way = wayText(this.goal, acknowledged, performance.now() - this.startedAtMs);
    return `${way}${counts}${timing}${lastFailure === null ? '' : `  (${lastFailure})`}`;
  }
}

/** How far a run is and how long it still takes at its pace; '' for one that has no end. */
export function wayText({ count, durationMs }: Goal, acknowledged: number, elapsedMs: number): string {
  const share = Math.min(1, Math.max(acknowledged / count, elapsedMs / durationMs));
  if (share === 0) return '';
  const leftS = Math.ceil((elapsedMs / share - elapsedMs) / 1000);
  const minutes = Math.floor(leftS / 60);
  const left = minutes === 0 ? `${leftS} s` : `${minutes} min ${leftS % 60} s`;
  return `${Math.floor(share * 100)} %, ${left} to go  `;
}
