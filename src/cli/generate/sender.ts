import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome } from './answer.js';
import type { HttpClient } from './http-client.js';
import type { Ledger } from './ledger.js';
import type { Batch } from './batch.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/** Sends parcels, each again and again until it is acknowledged. What is not acknowledged is kept in `waiting`. */
export class Sender {
  readonly waiting = new Set<Batch>();

  constructor(
    private readonly client: HttpClient,
    private readonly ledger: Ledger,
    private readonly onAnswer: (tookMs: number) => void,
    private readonly giveUp: AbortSignal,
  ) {}

  /** Resolves when the parcel is acknowledged or all is given up. @throws Error when the server refuses it for good. */
  async deliver(parcel: Batch): Promise<void> {
    this.ledger.take(parcel);
    this.waiting.add(parcel);
    for (let attempt = 0; !this.giveUp.aborted; attempt++) {
      this.ledger.send(parcel, attempt > 0);
      const verdict = await this.attempt(parcel);
      if (verdict.kind === 'refused') throw refusal(verdict.reason);
      if (verdict.kind === 'acknowledged') {
        this.ledger.acknowledge(parcel, verdict);
        this.waiting.delete(parcel);
        return;
      }
      if (this.giveUp.aborted) return;
      this.ledger.fail(verdict.reason);
      await this.pause(Math.max(verdict.afterMs, pauseMs(attempt)));
    }
  }

  private async attempt(parcel: Batch): Promise<Outcome> {
    const startedMs = performance.now();
    try {
      const answer = await this.client.post(parcel);
      this.onAnswer(performance.now() - startedMs);
      return parcel.read(answer);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { kind: 'retry', reason: code ?? message, afterMs: 0 };
    }
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.giveUp }).catch(() => undefined);
  }
}

function refusal(reason: string): Error {
  const hint = reason.startsWith('401 ')
    ? " (--key, --key-file or the server's --data-dir say which key)"
    : '';
  return new Error(`the server answered ${reason}${hint}`);
}

/** Doubled each time, and at random, so that connections that failed together do not come back together. */
function pauseMs(attempt: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
}
