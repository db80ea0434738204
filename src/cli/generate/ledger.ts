import type { Outcome } from './answer.js';
import type { Batch } from './batch.js';

type Acknowledged = Extract<Outcome, { kind: 'acknowledged' }>;

/** What became of everything that was made: made = sent = stored + duplicate + rejected, once nothing is waiting. */
export class Ledger {
  made = 0;
  bad = 0;
  copies = 0;
  sent = 0;
  stored = 0;
  duplicate = 0;
  rejected = 0;
  /** Distinct events that were acknowledged as stored, by this answer or one that got lost. */
  held = 0;
  /** Rejected, though they were made as good ones. */
  goodRejected = 0;
  /** Accepted, though they were made as bad ones. */
  badAccepted = 0;
  /** Events sent again because an answer failed. */
  retried = 0;
  /** How many requests failed for which reason. */
  readonly failures = new Map<string, number>();
  /** Why the last request failed; null once one went well. */
  lastFailure: string | null = null;
  /** Why the first good event was rejected. */
  firstRejection: string | null = null;

  take({ items }: Batch): void {
    this.made += items.length;
    for (const { kind } of items) {
      if (kind === 'bad') this.bad++;
      if (kind === 'copy') this.copies++;
    }
  }

  send({ items }: Batch, again: boolean): void {
    if (again) this.retried += items.length;
    else this.sent += items.length;
  }

  fail(reason: string): void {
    this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
    this.lastFailure = reason;
  }

  acknowledge({ items }: Batch, { duplicates, rejected }: Acknowledged): void {
    this.lastFailure = null;
    this.stored += items.length - rejected.length - duplicates;
    this.duplicate += duplicates;
    this.rejected += rejected.length;
    const refused = new Map(rejected.map(({ index, reason }) => [index, reason]));
    items.forEach(({ kind }, index) => {
      const reason = refused.get(index);
      if (reason === undefined) {
        if (kind === 'good') this.held++;
        if (kind === 'bad') this.badAccepted++;
      } else if (kind !== 'bad') {
        this.goodRejected++;
        this.firstRejection ??= reason;
      }
    });
  }

  get acknowledged(): number {
    return this.stored + this.duplicate + this.rejected;
  }

  /** Does every event have its place, if these many were left unacknowledged? */
  closes(unacknowledged: number): boolean {
    return this.made === this.sent && this.made === this.acknowledged + unacknowledged;
  }
}
