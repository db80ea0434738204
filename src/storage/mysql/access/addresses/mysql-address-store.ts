import type { NotedAddress } from '../../../../core/access-store.js';
import type { AddressNotes } from '../../../address-notes.js';
import {
  NotedAddresses,
  type AddressPlace,
  type CountsOfProject,
  type Register,
} from '../../../noted-addresses.js';
import { retried } from '../../errors.js';
import type { Mysql } from '../../mysql.js';
import { addToCounts } from './add-to-counts.js';
import { deleteAddresses } from './delete-addresses.js';
import { selectAddresses } from './select-addresses.js';
import { selectCounts } from './select-counts.js';
import { selectRegisters } from './select-registers.js';

/** Reads and forgets what MysqlAccessStore notes. */
export class MysqlAddressStore extends NotedAddresses {
  /** @param addresses the same object as the MysqlAccessStore's whose receipts are its `own`. */
  constructor(
    private readonly mysql: Pick<Mysql, 'query'>,
    addresses: AddressNotes,
  ) {
    super(addresses);
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

  protected selectCounts(): Promise<CountsOfProject[]> {
    return selectCounts(this.mysql.query, this.addresses);
  }

  protected selectAddresses(after: AddressPlace, limit: number): Promise<NotedAddress[]> {
    return selectAddresses(this.mysql.query, after, limit);
  }

  protected selectRegisters(projectId: number): Promise<Register[]> {
    return selectRegisters(this.mysql.query, projectId);
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
