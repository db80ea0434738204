import { randomUUID } from 'node:crypto';
import { registerOf } from '../core/addresses/address-sketch.js';
import type { NewAccessEntry } from '../core/records/access-entry.js';
import type { Micros } from '../core/time.js';
import { ObjectPool } from './object-pool.js';

/** Every address is a row, or all are the registers of a HyperLogLog. */
export type UniqueIps = 'exact' | 'approximate';

/** A row to upsert for an entry's address, at most once a statement. */
export interface Upsert {
  projectId: number;
  /** The address, or the register that it belongs to. */
  name: string | number;
  rank: number;
  receivedAt: Micros;
  /** Index of the entry whose receipt says whether this was new. */
  index: number;
}

/** How one process upserts addresses, and the slots of ip_counts that it counts in. */
export class AddressUpserts {
  /** Prefix of all slots of this way of counting. */
  readonly slots: string;
  /** Prefix of the slots that only this object writes. */
  readonly ownSlots: string;
  private made = 0;
  private readonly idleSlots = new ObjectPool(() => `${this.ownSlots}${++this.made}`);

  constructor(readonly uniqueIps: UniqueIps) {
    this.slots = `${uniqueIps}/`;
    this.ownSlots = `${this.slots}${randomUUID()}/`;
  }

  /** The distinct upserts of the entries whose index passes `counts`; the receipt of the first entry of each tells of it. */
  gather(
    entries: readonly NewAccessEntry[],
    counts = (_index: number): boolean => true,
  ): Map<string, Upsert> {
    const upserts = new Map<string, Upsert>();
    entries.forEach((entry, index) => {
      if (!entry.upsertIp || entry.ip === null || !counts(index)) return;
      const upsert = this.upsertOf(entry, entry.ip, index);
      const identity = identityOf(upsert.projectId, upsert.name);
      const known = upserts.get(identity);
      if (!known || upsert.rank > known.rank) upserts.set(identity, upsert);
      else known.receivedAt = Math.max(known.receivedAt, upsert.receivedAt);
    });
    return upserts;
  }

  /** Lends a slot exclusively: concurrent appends to one slot would wait for each other's commit. */
  useSlot<Result>(work: (slot: string) => Promise<Result>): Promise<Result> {
    return this.idleSlots.use(work);
  }

  private upsertOf({ projectId, createdAt }: NewAccessEntry, ip: string, index: number): Upsert {
    const { register, rank } = this.uniqueIps === 'exact' ? { register: ip, rank: 0 } : registerOf(ip);
    return { projectId, name: register, rank, receivedAt: createdAt, index };
  }
}

export function identityOf(projectId: number, name: string | number): string {
  return `${projectId} ${name}`;
}

/** The order in which every statement writes upserts: two with the same ones cannot deadlock. */
export function inOrder(upserts: Iterable<Upsert>): Upsert[] {
  return [...upserts].sort(
    (a, b) => a.projectId - b.projectId || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
}
