import { SightlineError, type FieldError } from '../../core/errors.js';
import type { IngestOutcome, RejectedEntry } from './ingest.dto.js';

/** Most refusals that are listed in an answer. */
const MAX_LISTED = 1000;

/** Counts what becomes of the records of one request. */
export class IngestTally {
  private accepted = 0;
  private rejectedTotal = 0;
  private rejected: RejectedEntry[] = [];

  private warning: string | null = null;

  /** Adds a warning once, however many records it concerns. */
  warn(text: string): void {
    this.warning ??= text;
  }

  accept(): void {
    this.accepted++;
  }

  refuse(index: number, errors: readonly FieldError[]): void {
    this.rejectedTotal++;
    if (this.rejected.length >= MAX_LISTED) return;
    this.rejected.push({ index, errors: errors.map(({ field, message }) => ({ field, message })) });
  }

  copy(): IngestTally {
    const copy = Object.assign(new IngestTally(), this);
    copy.rejected = [...this.rejected];
    return copy;
  }

  result(): IngestOutcome {
    return {
      received: this.accepted + this.rejectedTotal,
      accepted: this.accepted,
      // the store's refusals come after those of validation, and belong between them
      rejected: this.rejected.toSorted((a, b) => a.index - b.index),
      rejected_total: this.rejectedTotal,
      ...(this.warning === null ? {} : { warnings: [this.warning] }),
    };
  }
}

/** @throws SightlineError `empty_batch`, or `validation_error` when nothing in it is good. */
export function refuseIfNothingGood({ received, accepted, rejected, rejected_total }: IngestOutcome): void {
  if (received === 0) throw new SightlineError('empty_batch', 'The body contains no entries');
  if (accepted > 0) return;
  const details = rejected.flatMap(({ index, errors }) =>
    errors.map(({ field, message }) => ({ field: field ? `[${index}].${field}` : `[${index}]`, message })),
  );
  const message = `None of the ${rejected_total} entries is valid: nothing was stored`;
  throw new SightlineError('validation_error', message, { details });
}
