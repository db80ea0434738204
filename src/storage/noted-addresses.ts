import { AddressStore, type AddressCounts, type NotedAddress } from '../core/access-store.js';
import { ADDRESS_REGISTERS } from '../core/address-sketch.js';
import type { AddressNotes } from './address-notes.js';

/** Larger ones would hold up the requests of the process while it loads its set. */
const BATCH = 2_000;

export interface CountsOfProject {
  project_id: number;
  own: number;
  others: number;
}

export interface Register {
  register: number;
  rank: number;
}

/** Where a walk over all addresses is. */
export type AddressPlace = Pick<NotedAddress, 'projectId' | 'ip'>;

/** Before every address. */
export const FIRST_PLACE: AddressPlace = { projectId: -1, ip: '' };

/** Reads what an AccessStore notes; a database says how it asks. */
export abstract class NotedAddresses extends AddressStore {
  /** @param addresses the same object as the AccessStore's whose receipts are its `own`. */
  constructor(protected readonly addresses: AddressNotes) {
    super();
  }

  async counts(): Promise<AddressCounts> {
    const counts: AddressCounts = { own: new Map(), others: new Map() };
    for (const { project_id, own, others } of await this.selectCounts()) {
      counts.own.set(project_id, own);
      counts.others.set(project_id, others);
    }
    return counts;
  }

  async *all(stop: AbortSignal): AsyncIterable<NotedAddress[]> {
    if (this.addresses.uniqueIps === 'approximate') return;
    let place: AddressPlace = FIRST_PLACE;
    while (!stop.aborted) {
      const batch: NotedAddress[] = await this.selectAddresses(place, BATCH);
      if (batch.length > 0) yield batch;
      if (batch.length < BATCH) return;
      place = batch[BATCH - 1];
    }
  }

  async registers(projectId: number): Promise<Uint8Array> {
    const registers = new Uint8Array(ADDRESS_REGISTERS);
    for (const { register, rank } of await this.selectRegisters(projectId)) registers[register] = rank;
    return registers;
  }

  protected abstract selectCounts(): Promise<CountsOfProject[]>;

  /** The next `limit` addresses after a place, in the order of the primary key. */
  protected abstract selectAddresses(after: AddressPlace, limit: number): Promise<NotedAddress[]>;

  /** Those above zero. */
  protected abstract selectRegisters(projectId: number): Promise<Register[]>;
}
