import { AddressStore, type AddressCounts, type NotedAddress } from '../../../../core/access-store.js';
import { ADDRESS_REGISTERS } from '../../../../core/address-sketch.js';
import type { AddressNotes } from '../../../address-notes.js';
import { retried } from '../../errors.js';
import type { Mysql } from '../../mysql.js';
import { addToCounts } from './add-to-counts.js';
import { deleteAddresses } from './delete-addresses.js';
import { FIRST_PLACE, selectAddresses, type AddressPlace, type AddressRow } from './select-addresses.js';
import { selectCounts } from './select-counts.js';
import { selectRegisters } from './select-registers.js';

/** More at once would hold up the event loop. */
const BATCH = 2_000;

/** Reads and forgets what MysqlAccessStore notes. */
export class MysqlAddressStore extends AddressStore {
  /** @param addresses the same object as the MysqlAccessStore's whose receipts are its `own`. */
  constructor(
    private readonly mysql: Pick<Mysql, 'query'>,
    private readonly addresses: AddressNotes,
  ) {
    super();
  }

  async counts(): Promise<AddressCounts> {
    const counts: AddressCounts = { own: new Map(), others: new Map() };
    for (const { project_id, own, others } of await selectCounts(this.mysql.query, this.addresses)) {
      counts.own.set(project_id, own);
      counts.others.set(project_id, others);
    }
    return counts;
  }

  async *all(stop: AbortSignal): AsyncIterable<NotedAddress[]> {
    if (this.addresses.uniqueIps === 'approximate') return;
    let place: AddressPlace = FIRST_PLACE;
    while (!stop.aborted) {
      const batch: AddressRow[] = await selectAddresses(this.mysql.query, place, BATCH);
      if (batch.length > 0) yield batch;
      if (batch.length < BATCH) return;
      place = batch[BATCH - 1];
    }
  }

  async forgetBefore(day: number, stop: AbortSignal): Promise<void> {
    for await (const batch of this.all(stop)) {
      const old = batch.filter((address) => address.day < day);
      for (const projectId of new Set(old.map((address) => address.projectId))) {
        await this.forget(
          old.filter((address) => address.projectId === projectId),
          day,
        );
      }
    }
  }

  async registers(projectId: number): Promise<Uint8Array> {
    const registers = new Uint8Array(ADDRESS_REGISTERS);
    for (const { register, rank } of await selectRegisters(this.mysql.query, projectId)) {
      registers[register] = rank;
    }
    return registers;
  }

  private forget(places: readonly AddressPlace[], day: number): Promise<void> {
    return retried(() =>
      this.mysql.query.transaction(async (db) => {
        const forgotten = await deleteAddresses(db, places, day);
        if (forgotten === 0) return;
        await addToCounts(
          db,
          `${this.addresses.slots}forgotten`,
          new Map([[places[0].projectId, -forgotten]]),
        );
      }),
    );
  }
}
