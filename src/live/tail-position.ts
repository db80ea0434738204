import type { TailHead, TailRange } from '../core/event-tail.js';

/** What a client is given to resume from. */
export interface TailPlace {
  /** Everything with an id up to this was given to it, or never will be there. */
  id: number;
  /** When that id was given, about. */
  atMs: number;
}

/** Ids looked through by one read: one with a filter that finds little must end in good time too. */
const MAX_IDS = 50_000;
/** Events given above a writer that takes long; past it its end is waited for. */
const MAX_AHEAD = 10_000;

/**
 * Where one tail is. Ids become visible in any order: an id and nothing else would lose the events of a writer that commits
 * after one that began later. So it keeps the id below which all is decided, and which ones above it were given already.
 */
export class TailPosition {
  private readonly ahead = new Set<number>();
  /** All that could be read under it was. */
  private done: TailHead | null = null;

  constructor(private settled: TailPlace) {}

  get place(): TailPlace {
    return this.settled;
  }

  /** Is there anything to read under this head? */
  isBehind(head: TailHead): boolean {
    return head !== this.done && head.readLimit > this.settled.id;
  }

  /** A place beyond the head is of a database that was put back: it goes on from now. */
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

  /** Notes an event of a range, in the order of ids, and gives the place after it. */
  give(id: number, receivedMs: number, head: TailHead): TailPlace {
    if (id <= head.watermark) {
      this.settle({ id, atMs: receivedMs });
    } else {
      this.settle({ id: head.watermark, atMs: head.atMs });
      this.ahead.add(id);
    }
    return this.settled;
  }

  /** Notes that a range was read to its end. */
  finish({ upTo }: TailRange, head: TailHead): void {
    if (upTo < head.watermark) {
      // Amid older ids nobody knows when this one was given: the time of the last place is early enough.
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
