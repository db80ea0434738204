import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AccessStore, UniqueIpCount } from '../core/ports/access-store.js';
import type { Actor } from '../core/ports/audit.js';
import { Cache } from '../core/ports/cache.js';
import { Clock } from '../core/ports/clock.js';
import {
  DeadLetterStore,
  type DeadLetter,
  type FailedReplay,
  type NewDeadLetter,
  type Settlement,
} from '../core/ports/dead-letters.js';
import { EventStore } from '../core/ports/event-store.js';
import { EntryDecoder, EventDecoder } from '../core/ports/record-decoder.js';
import type { AccessReceipt, NewAccessEntry } from '../core/records/access-entry.js';
import type { NewEvent } from '../core/records/event.js';
import { DAY_MS } from '../core/time.js';
import { readLetter, type Failure, type ReadRecord } from './read-letter.js';

/** What the once-key of a replay is kept for: a kill between storing and settling is made good by a replay within it. */
const KEY_DAYS = 366;

/** What became of one record. */
type Fate = 'stored' | 'duplicate' | { refused: string };

/** A letter whose records were read. */
interface Opened {
  letter: DeadLetter;
  records: ReadRecord[];
  refused: (ReadRecord['piece'] & Failure)[];
}

/**
 * Stores what letters hold, by today's rules, each record once however often that is tried or interrupted: an event is known by
 * its event_id, and what a letter holds of access entries is stored with a key of the letter and the attempt.
 */
@Injectable()
export class LetterReplay {
  constructor(
    private readonly letters: DeadLetterStore,
    private readonly events: EventStore,
    private readonly access: AccessStore,
    private readonly eventDecoder: EventDecoder,
    private readonly entryDecoder: EntryDecoder,
    private readonly clock: Clock,
    @Inject(Cache) private readonly cache: Pick<Cache, 'invalidate'>,
    @Inject(UniqueIpCount) private readonly uniqueIps: Pick<UniqueIpCount, 'takeReceipts'>,
  ) {}

  /** Replays waiting letters. Gives the ids of those that are settled now by this call. @throws SightlineError `storage_unavailable` */
  async replay(letters: readonly DeadLetter[], actor: Actor): Promise<Set<number>> {
    const decoders = { events: this.eventDecoder, entries: this.entryDecoder };
    const opened: Opened[] = [];
    const failures: FailedReplay[] = [];
    for (const letter of letters) {
      const read = readLetter(letter, decoders);
      if (read.failure) failures.push(failed(letter, read.failure));
      else opened.push({ letter, ...read });
    }
    const settlements: Settlement[] = [];
    for (const [one, fates] of await this.store(opened)) {
      const settlement = settled(one, fates, this.clock.nowMs() * 1000);
      if ('id' in settlement) settlements.push(settlement);
      else failures.push(failed(one.letter, settlement));
    }
    const ids = settlements.length === 0 ? [] : await this.letters.settle(settlements, actor);
    if (failures.length > 0) await this.letters.fail(failures);
    return new Set(ids);
  }

  private async store(opened: readonly Opened[]): Promise<Map<Opened, Fate[]>> {
    const fates = new Map<Opened, Fate[]>();
    const ofEvents = opened.filter(({ letter }) => letter.kind === 'events');
    const stored = await this.storeEvents(ofEvents.flatMap((one) => recordsOf<NewEvent>(one)));
    let at = 0;
    for (const one of ofEvents) fates.set(one, stored.slice(at, (at += one.records.length)));
    for (const one of opened) {
      if (one.letter.kind === 'access') fates.set(one, await this.storeEntries(one));
    }
    return fates;
  }

  private async storeEvents(events: readonly NewEvent[]): Promise<Fate[]> {
    if (events.length === 0) return [];
    const receipts = await this.events.append(events);
    // before anybody hears that they are stored
    await this.cache.invalidate(new Set(events.map(({ projectId }) => String(projectId))));
    return receipts.map((receipt) => {
      if (receipt.outcome === 'rejected') return { refused: receipt.cause };
      return receipt.outcome === 'duplicate' ? 'duplicate' : 'stored';
    });
  }

  private async storeEntries(one: Opened): Promise<Fate[]> {
    const { id, attempts, payload } = one.letter;
    const entries = recordsOf<NewAccessEntry>(one);
    if (entries.length === 0) return [];
    // Whether an address is known nobody has looked: the store does.
    for (const entry of entries) entry.upsertIp = entry.ip !== null;
    const { answer, receipts } = await this.access.appendOnce({
      projectId: entries[0].projectId,
      // The next attempt has another key: what was refused in this one may be stored then.
      key: hash('sha256', `dead letter ${id} attempt ${attempts}`),
      bodyDigest: hash('sha256', payload),
      entries,
      expiresAtMs: this.clock.nowMs() + KEY_DAYS * DAY_MS,
      answer: refusalsIn,
    });
    if (receipts.length > 0) this.uniqueIps.takeReceipts(entries, receipts);
    const refusals = new Map(answer as Refusals);
    return entries.map((_, at) => {
      const refused = refusals.get(at);
      return refused === undefined ? 'stored' : { refused };
    });
  }
}

/** What is kept with the once-key: which entries were refused, and why. */
type Refusals = [at: number, cause: string][];

function refusalsIn(receipts: readonly AccessReceipt[]): Refusals {
  return receipts.flatMap((receipt, at): Refusals =>
    receipt.outcome === 'rejected' ? [[at, receipt.cause]] : [],
  );
}

function recordsOf<NewRecord extends NewEvent | NewAccessEntry>({ records }: Opened): NewRecord[] {
  return records.map(({ record }) => record as NewRecord);
}

function failed({ id, attempts }: DeadLetter, failure: Failure): FailedReplay {
  return { id, attempts, ...failure };
}

type Refused = ReadRecord['piece'] & Failure & { projectId?: number };

/** A letter of which nothing could be stored waits on; of a message, what could not becomes letters of its own. */
function settled(
  { letter, records, refused }: Opened,
  fates: readonly Fate[],
  now: number,
): Settlement | Failure {
  const others: Refused[] = [...refused];
  const outcome = { stored: 0, duplicates: 0, listed: 0 };
  fates.forEach((fate, at) => {
    if (fate === 'stored') outcome.stored++;
    else if (fate === 'duplicate') outcome.duplicates++;
    else {
      const { piece, record } = records[at];
      const why = { reason: 'refused_by_store', message: fate.refused, details: [] } as const;
      others.push({ ...piece, ...why, projectId: record.projectId });
    }
  });
  outcome.listed = others.length;
  if (outcome.stored + outcome.duplicates === 0 && others.length > 0) {
    const { reason, message, details } = others[others.length - 1];
    return { reason, message, details };
  }
  const listed = others.map((other, nth) => ownLetter(letter, other, nth, now));
  return { id: letter.id, state: 'replayed', outcome, listed };
}

function ownLetter(
  from: DeadLetter,
  { text, projectId, ...other }: Refused,
  nth: number,
  now: number,
): NewDeadLetter {
  return {
    ...other,
    payload: text,
    kind: from.kind,
    projectId: projectId ?? from.projectId,
    origin: null,
    identity: `${nth} of dead letter ${from.id}`,
    attempts: from.attempts + 1,
    failedAt: now,
  };
}
