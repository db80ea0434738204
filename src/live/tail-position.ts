import type { TailHead, TailRange } from '../core/ports/event-tail.js';

/** What a client is given to resume from. */
export interface TailPlace {
  /** Everything with an id up to this was given to it, or never will be there. */
  id: number;
  /** When that id was given, about. */
  atMs: number;
}

/** Most ids scanned by one read: it must end in good time with a filter that matches little, too. */
const MAX_IDS = 50_000;
/** Most events given past a long-running writer; beyond that the tail waits for it to end. */
const MAX_AHEAD = 10_000;

/**
 * The position of one tail. Ids become visible out of order: with the last id alone, a tail would miss events of a writer that
 * commits after one that began later. So it keeps the watermark that it has reached, and the ids above it that were given
 * already.
 */
export class TailPosition {
  private readonly ahead = new Set<number>();
  /** The head under which everything readable was read. */
  private done: TailHead | null = null;

  constructor(private settled: TailPlace) {}

  get place(): TailPlace {
    return this.settled;
  }

  /** Is there anything to read under this head? */
  isBehind(head: TailHead): boolean {
    return head !== this.done && head.readLimit > this.settled.id;
  }

  /** A position beyond the head means that the database was restored: the tail continues from now. */
  meet(head: TailHead): void {
    if (this.settled.id <= head.readLimit) return;
    this.ahead.clear();
    this.settled = { id: head.watermark, atMs: head.atMs };
  }

  /** What to read next. */
  rangeUnder(head: TailHead): TailRange {
    const { id, atMs } = this.settled;
    const range = { after: id, except: [...this.ahead], sinceMs: atMs };
    if (id + MAX_IDS < head.watermark) return { ...range, upTo: id + MAX_IDS };
    return { ...range, upTo: this.ahead.size < MAX_AHEAD ? head.readLimit : head.watermark };
  }

  /** Records an event of a range, in the order of ids, and returns the place after it. */
  give(id: number, receivedMs: number, head: TailHead): TailPlace {
    if (id <= head.watermark) {
      this.settle({ id, atMs: receivedMs });
    } else {
      this.settle({ id: head.watermark, atMs: head.atMs });
      this.ahead.add(id);
    }
    return this.settled;
  }

  /** Records that a range was read to its end. */
  finish({ upTo }: TailRange, head: TailHead): void {
    if (upTo < head.watermark) {
      // Among older ids the time of this one is unknown: that of the last place is early enough.
      this.settle({ id: upTo, atMs: this.settled.atMs });
    } else {
      this.settle({ id: head.watermark, atMs: head.atMs });
      this.done = head;
    }
  }

  private settle(place: TailPlace): void {
    if (place.id <= this.settled.id) return;
    this.settled = place;
    for (const id of this.ahead) if (id <= place.id) this.ahead.delete(id);
  }
}
