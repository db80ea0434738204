import { ADDRESS_REGISTERS } from '../core/addresses/address-sketch.js';
import { AddressStore, type AddressCounts, type SeenAddress } from '../core/ports/access-store.js';
import type { AddressUpserts } from './address-upserts.js';

/** Addresses read by one statement: more would delay the process's requests while it loads its set. */
const STEP = 5_000;

export interface CountsOfProject {
  project_id: number;
  own: number;
  others: number;
}

export interface Register {
  register: number;
  rank: number;
}

/** Addresses that follow each other in the order of the primary key. */
export interface AddressRange {
  /** Excluded. */
  after: SeenAddress;
  /** Included; null: up to the last. */
  upTo: SeenAddress | null;
}

/** What every database does alike to read the addresses that an AccessStore upserts. */
export abstract class SqlAddressStore extends AddressStore {
  /** @param addresses the same object as the AccessStore's whose receipts are its `own`. */
  constructor(protected readonly addresses: AddressUpserts) {
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

  async registers(projectId: number): Promise<Uint8Array> {
    const registers = new Uint8Array(ADDRESS_REGISTERS);
    for (const { register, rank } of await this.selectRegisters(projectId)) registers[register] = rank;
    return registers;
  }

  /** The whole table, in ranges of some thousands. */
  protected async *ranges(stop: AbortSignal): AsyncIterable<AddressRange> {
    if (this.addresses.uniqueIps === 'approximate') return;
    let after: SeenAddress | null = { projectId: -1, ip: '' };
    while (after !== null && !stop.aborted) {
      const upTo: SeenAddress | null = await this.selectAddress(after, STEP);
      yield { after, upTo };
      after = upTo;
    }
  }

  protected abstract selectCounts(): Promise<CountsOfProject[]>;

  /** The address `step` places after another in the order of the primary key; null where there are not so many. */
  protected abstract selectAddress(after: SeenAddress, step: number): Promise<SeenAddress | null>;

  /** Those above zero. */
  protected abstract selectRegisters(projectId: number): Promise<Register[]>;
}
