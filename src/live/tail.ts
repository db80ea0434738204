import { Readable } from 'node:stream';
import { SightlineError } from '../core/errors.js';
import { PageRows } from '../core/json/bounded-list.js';
import type { EventFilter } from '../core/ports/event-reader.js';
import type { TailHead, TailPage, TailRange } from '../core/ports/event-tail.js';
import { eventPieces } from '../core/records/event.js';
import { ending, heartbeat, message, OPENING, type EndReason } from './sse.js';
import type { TailPosition } from './tail-position.js';

const HEARTBEAT_MS = 15_000;
/** Time to take the final message, by reason. */
export const GRACE_MS: Record<EndReason, number> = {
  shutting_down: 1_000,
  too_slow: 10_000,
  unauthorized: 250,
};
const MAX_ROWS = 500;
/** Of text in one page: what a slow reader costs is about three of these. */
const PAGE_BYTES = 256 * 1024;

/** Events of a range, once a connection is free for it. */
export type ReadRange = (
  filter: EventFilter,
  range: TailRange,
  limit: number,
  maxBytes: number,
) => Promise<TailPage>;

/**
 * One client that follows what is stored. Pulled by its socket: the next page is read when what was said before is on its way,
 * so that a slow reader costs a page, and falls behind without losing anything.
 */
export class Tail {
  readonly stream: Readable;
  private readonly rows = new PageRows(MAX_ROWS, PAGE_BYTES);
  private reason: EndReason | null = null;
  private wake: () => void = () => undefined;

  constructor(
    private readonly filter: EventFilter,
    private readonly position: TailPosition,
    private head: TailHead,
    private readonly readRange: ReadRange,
  ) {
    this.stream = Readable.from(this.texts(), { objectMode: false });
    // Not at `close`: that comes once the generator has ended, which waits up to 15 s for something to say. A client that went away
    // would keep its place for as long.
    const destroy = this.stream._destroy.bind(this.stream);
    this.stream._destroy = (error, done) => {
      this.wake();
      destroy(error, done);
    };
  }

  /** There may be something new. */
  notice(head: TailHead): void {
    this.head = head;
    this.position.meet(head);
    if (this.position.isBehind(head)) this.wake();
  }

  /** Sends the reason and ends the stream; the connection of a client that does not take even that in time is cut. */
  end(reason: EndReason): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.wake();
    const cut = setTimeout(() => this.stream.destroy(new Error(`cut: ${reason}`)), GRACE_MS[reason]);
    this.stream.once('close', () => clearTimeout(cut));
  }

  private async *texts(): AsyncGenerator<string> {
    yield OPENING;
    while (this.reason === null) {
      const text = await this.next();
      if (this.stream.destroyed) return;
      if (text !== '') yield text;
    }
    yield ending(this.reason);
  }

  /** Events, or a heartbeat where none come; '' once the tail is to end. */
  private async next(): Promise<string> {
    const beatAtMs = performance.now() + HEARTBEAT_MS;
    while (this.reason === null && !this.stream.destroyed) {
      const leftMs = beatAtMs - performance.now();
      if (leftMs <= 0) return heartbeat(this.position.place);
      if (!this.position.isBehind(this.head)) {
        await this.woken(leftMs);
        continue;
      }
      const text = await this.read();
      if (text === null) await this.woken(leftMs);
      else if (text !== '') return text;
    }
    return '';
  }

  /** The next events as text; null where the store cannot say now, and the next head is to be waited for. */
  private async read(): Promise<string | null> {
    const { head, position, rows } = this;
    const range = position.rangeUnder(head);
    try {
      const { events, isWhole } = await this.readRange(this.filter, range, rows.rows, PAGE_BYTES);
      const texts = events.map((event) =>
        message(position.give(event.id, Date.parse(event.created_at), head), eventPieces([event]).join('')),
      );
      if (isWhole) position.finish(range, head);
      const text = texts.join('');
      rows.saw(events.length, text.length);
      return text;
    } catch (error) {
      if (isPassing(error)) return null;
      throw error;
    }
  }

  private woken(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof SightlineError && ['storage_unavailable', 'timeout'].includes(error.code);
}
