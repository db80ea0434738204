import { Inject, Injectable } from '@nestjs/common';
import { SightlineError } from '../core/errors.js';
import type { Actor } from '../core/ports/audit.js';
import {
  DeadLetterStore,
  MAX_LETTERS,
  type DeadLetter,
  type LetterFilter,
  type LetterPage,
} from '../core/ports/dead-letters.js';
import { LetterReplay } from './letter-replay.js';

/** What is held at once of letters that are replayed together. */
const BATCH_LETTERS = 200;
const BATCH_BYTES = 4 * 1024 * 1024;

export type WaitingFilter = Omit<LetterFilter, 'state'>;

/** A stretch of letters that was gone through. */
export interface Sweep {
  /** Those that are settled now. */
  settled: number;
  /** Those that were tried and wait on. */
  failed: number;
  /** Where to go on: the id of the last letter that was looked at; null where there is no further one. */
  next: number | null;
}

/** Looks at dead letters, replays and drops them. */
@Injectable()
export class DeadLetterService {
  constructor(
    private readonly letters: DeadLetterStore,
    @Inject(LetterReplay) private readonly replays: Pick<LetterReplay, 'replay'>,
  ) {}

  page(filter: LetterFilter, limit = 100, before: number | null = null): Promise<LetterPage> {
    return this.letters.page(filter, limit, before);
  }

  /** @throws SightlineError `not_found` */
  async byId(id: number): Promise<DeadLetter> {
    const letter = await this.letters.byId(id);
    if (letter === null) throw new SightlineError('not_found', 'There is no such dead letter.');
    return letter;
  }

  /** Gives the letter as it is then: one that cannot be stored waits on, one that was settled before stays as it was. */
  async replay(id: number, actor: Actor): Promise<DeadLetter> {
    const letter = await this.byId(id);
    if (letter.state === 'waiting') await this.replays.replay([letter], actor);
    return this.byId(id);
  }

  /** Gives the letter as it is then: one that was replayed before stays so. */
  async drop(id: number, actor: Actor): Promise<DeadLetter> {
    const letter = await this.byId(id);
    if (letter.state === 'waiting') await this.letters.settle([{ id, state: 'dropped' }], actor);
    return this.byId(id);
  }

  /** Replays the waiting letters after an id, oldest first, and no more than `limit` of them. */
  replayMany(filter: WaitingFilter, after: number, actor: Actor, limit = MAX_LETTERS): Promise<Sweep> {
    return this.sweep(filter, after, limit, (letters) => this.replays.replay(letters, actor));
  }

  /** Drops them, as `replayMany`. */
  dropMany(filter: WaitingFilter, after: number, actor: Actor, limit = MAX_LETTERS): Promise<Sweep> {
    return this.sweep(filter, after, limit, async (letters) => {
      const settlements = letters.map(({ id }) => ({ id, state: 'dropped' as const }));
      return new Set(await this.letters.settle(settlements, actor));
    });
  }

  // What is listed meanwhile is left for the next time: this ends.
  private async sweep(
    filter: WaitingFilter,
    after: number,
    limit: number,
    settle: (letters: readonly DeadLetter[]) => Promise<ReadonlySet<number>>,
  ): Promise<Sweep> {
    const upTo = await this.letters.lastId();
    const sweep: Sweep = { settled: 0, failed: 0, next: after };
    while (sweep.next !== null && sweep.settled + sweep.failed < limit) {
      const most = Math.min(BATCH_LETTERS, limit - sweep.settled - sweep.failed);
      const letters = await this.letters.batch(filter, { after: sweep.next, upTo }, most, BATCH_BYTES);
      const settled = letters.length === 0 ? new Set() : await settle(letters);
      sweep.settled += settled.size;
      sweep.failed += letters.length - settled.size;
      sweep.next = letters.at(-1)?.id ?? null;
    }
    return sweep;
  }
}
