import type { NotedAddress } from '../../../../core/access-store.js';
import { retried } from '../../append/append-records.js';
import type { Queryable } from '../../sql.js';
import type { AddressNotes } from '../../../address-notes.js';
import {
  FIRST_PLACE,
  NotedAddresses,
  type AddressPlace,
  type CountsOfProject,
  type Register,
} from '../../../noted-addresses.js';
import { deleteAddresses } from './delete-addresses.js';
import { selectAddresses } from './select-addresses.js';
import { selectCounts } from './select-counts.js';
import { selectPlace } from './select-place.js';
import { selectRegisters } from './select-registers.js';

/** Addresses that are looked at in one transaction. */
const STEP = 5_000;

/** Reads and forgets what PostgresAccessStore notes. */
export class PostgresAddressStore extends NotedAddresses {
  /** @param addresses the same object as the PostgresAccessStore's whose receipts are its `own`. */
  constructor(
    private readonly database: { query: Queryable },
    addresses: AddressNotes,
  ) {
    super(addresses);
  }

  async forgetBefore(day: number, stop: AbortSignal): Promise<void> {
    if (this.addresses.uniqueIps === 'approximate') return;
    let from: AddressPlace | null = FIRST_PLACE;
    while (from !== null && !stop.aborted) {
      const [start, to]: [AddressPlace, AddressPlace | null] = [
        from,
        await selectPlace(this.database.query, from, STEP),
      ];
      await retried(() => deleteAddresses(this.database.query, start, to, day, this.addresses));
      from = to;
    }
  }

  protected selectCounts(): Promise<CountsOfProject[]> {
    return selectCounts(this.database.query, this.addresses);
  }

  protected selectAddresses(after: AddressPlace, limit: number): Promise<NotedAddress[]> {
    return selectAddresses(this.database.query, after, limit);
  }

  protected selectRegisters(projectId: number): Promise<Register[]> {
    return selectRegisters(this.database.query, projectId);
  }
}
