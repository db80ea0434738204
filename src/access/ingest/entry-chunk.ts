import type { RecordError } from '../../api/record-schema.js';
import type { AccessReceipt, NewAccessEntry } from '../../core/access-entry.js';
import { entryBytes } from '../prepare-entry.js';
import type { Account } from './account.js';

/** Entries that are stored together, and where in the body they stood. */
export class EntryChunk {
  readonly entries: NewAccessEntry[] = [];
  bytes = 0;
  private readonly indexes: number[] = [];

  add(entry: NewAccessEntry, index: number): void {
    this.entries.push(entry);
    this.indexes.push(index);
    this.bytes += entryBytes(entry);
  }

  addAll({ entries, indexes }: EntryChunk): void {
    for (let i = 0; i < entries.length; i++) this.add(entries[i], indexes[i]);
  }

  /** Writes into the account what the store said of these entries. */
  settle(receipts: readonly AccessReceipt[], account: Account): void {
    for (let i = 0; i < receipts.length; i++) {
      const receipt = receipts[i];
      if (receipt.outcome === 'stored') account.accept();
      else account.refuse(this.indexes[i], [refusedByStore(receipt.message)]);
    }
  }
}

export function refusedByStore(message: string): RecordError {
  return { field: '', message, type: 'value' };
}
