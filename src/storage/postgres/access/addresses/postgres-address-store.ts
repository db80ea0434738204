import { AddressStore, type AddressCounts, type NotedAddress } from '../../../../core/access-store.js';
import { ADDRESS_REGISTERS } from '../../../../core/address-sketch.js';
import { retried } from '../../append/append-records.js';
import type { Queryable } from '../../sql.js';
import type { AddressNotes } from '../../../address-notes.js';
import { deleteAddresses } from './delete-addresses.js';
import { FIRST_PLACE, selectAddresses, type AddressPlace } from './select-addresses.js';
import { selectCounts } from './select-counts.js';
import { selectPlace } from './select-place.js';
import { selectRegisters } from './select-registers.js';

/** Larger ones would hold up the requests of the process while it loads its set. */
const BATCH = 2_000;
/** Addresses that are looked at in one transaction. */
const STEP = 5_000;

/** Reads and forgets what PostgresAccessStore notes. */
export class PostgresAddressStore extends AddressStore {
  /** @param addresses the same object as the PostgresAccessStore's whose receipts are its `own`. */
  constructor(
    private readonly database: { query: Queryable },
    private readonly addresses: AddressNotes,
  ) {
    super();
  }

  async counts(): Promise<AddressCounts> {
    const counts: AddressCounts = { own: new Map(), others: new Map() };
    for (const { project_id, own, others } of await selectCounts(this.database.query, this.addresses)) {
      counts.own.set(project_id, own);
      counts.others.set(project_id, others);
    }
    return counts;
  }

  async *all(stop: AbortSignal): AsyncIterable<NotedAddress[]> {
    if (this.addresses.uniqueIps === 'approximate') return;
    let place: AddressPlace = FIRST_PLACE;
    while (!stop.aborted) {
      const batch = await selectAddresses(this.database.query, place, BATCH);
      if (batch.length > 0) yield batch;
      if (batch.length < BATCH) return;
      place = batch[BATCH - 1];
    }
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

  async registers(projectId: number): Promise<Uint8Array> {
    const registers = new Uint8Array(ADDRESS_REGISTERS);
    for (const { register, rank } of await selectRegisters(this.database.query, projectId)) {
      registers[register] = rank;
    }
    return registers;
  }
}
