import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../../core/clock.js';
import type { EventFilter } from '../../../../core/event-reader.js';
import { EventTail, type TailHead, type TailPage, type TailRange } from '../../../../core/event-tail.js';
import { Lanes } from '../../../../core/lanes.js';
import type { Queryable } from '../../sql.js';
import { selectGiven } from './select-given.js';
import { selectTail } from './select-tail.js';
import { selectWriters } from './select-writers.js';

/** An append takes a few milliseconds: for so long a head waits for those that run, so that ids are seen in order. */
const PATIENCE_MS = 200;
const LOOK_AGAIN_MS = 40;
/** While a writer takes for ever, no more is remembered than this: what it holds up is decided in larger steps. */
const MAX_MARKS = 1000;

/** Ids up to `given` are decided once none of these writers is at it any more. */
interface Mark {
  given: number;
  writers: ReadonlySet<string>;
}

/** Follows the table of events by its ids, and the locks of those who write to it. */
export class PostgresEventTail extends EventTail {
  private readonly marks: Mark[] = [];
  private decided = 0;
  /** Marks must be made in order. */
  private readonly turns = new Lanes(1);

  constructor(
    private readonly database: { query: Queryable },
    private readonly clock: Clock,
  ) {
    super();
  }

  head(): Promise<TailHead> {
    return this.turns.run(() => this.findHead());
  }

  async tail(
    projectId: number,
    filter: EventFilter,
    range: TailRange,
    limit: number,
    maxBytes: number,
  ): Promise<TailPage> {
    const most = { rows: limit, bytes: maxBytes };
    const { rows, isCut } = await selectTail(this.database.query, projectId, filter, range, most);
    return { events: rows, isWhole: rows.length < limit && !isCut };
  }

  private async findHead(): Promise<TailHead> {
    const atMs = this.clock.nowMs();
    const giveUpAtMs = performance.now() + PATIENCE_MS;
    const given = await this.look();
    while (this.decided < given && performance.now() < giveUpAtMs) {
      await delay(LOOK_AGAIN_MS);
      await this.look();
    }
    return { decided: this.decided, readable: Math.max(this.decided, given), atMs };
  }

  private async look(): Promise<number> {
    const { query } = this.database;
    // In this order: who takes an id after the first question has one above `given`; who took it before and is not seen by the
    // second has ended, and whoever asks from now on sees what it did.
    const given = await selectGiven(query);
    const writers = await selectWriters(query);
    if (this.marks.length < MAX_MARKS) this.marks.push({ given, writers });
    while (this.marks.length > 0 && haveEnded(this.marks[0].writers, writers)) {
      this.decided = this.marks.shift()!.given;
    }
    return given;
  }
}

function haveEnded(writers: ReadonlySet<string>, running: ReadonlySet<string>): boolean {
  for (const writer of writers) if (running.has(writer)) return false;
  return true;
}
