import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome } from './answer.js';
import type { Batch } from './batch.js';
import type { HttpClient } from './http-client.js';
import type { Ledger } from './ledger.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/** Sends batches, each again and again until it is acknowledged. What is not acknowledged is kept in `waiting`. */
export class Sender {
  readonly waiting = new Set<Batch>();

  constructor(
    private readonly client: HttpClient,
    private readonly ledger: Ledger,
    private readonly onAnswer: (tookMs: number) => void,
    private readonly giveUp: AbortSignal,
  ) {}

  /** Resolves when the batch is acknowledged or all is given up. @throws Error when the server refuses it for good. */
  async deliver(batch: Batch): Promise<void> {
    this.ledger.take(batch);
    this.waiting.add(batch);
    for (let attempt = 0; !this.giveUp.aborted; attempt++) {
      this.ledger.send(batch, attempt > 0);
      const outcome = await this.attempt(batch);
      if (outcome.kind === 'refused') throw refusal(outcome.reason);
      if (outcome.kind === 'acknowledged') {
        this.ledger.acknowledge(batch, outcome);
        this.waiting.delete(batch);
        return;
      }
      if (this.giveUp.aborted) return;
      this.ledger.fail(outcome.reason);
      const pausedMs = Math.max(outcome.afterMs, pauseMs(attempt));
      await delay(pausedMs, undefined, { signal: this.giveUp }).catch(() => undefined);
    }
  }

  private async attempt(batch: Batch): Promise<Outcome> {
    const startedMs = performance.now();
    try {
      const answer = await this.client.post(batch);
      this.onAnswer(performance.now() - startedMs);
      return batch.read(answer);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { kind: 'retry', reason: code ?? message, afterMs: 0 };
    }
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
