import type { StoredEvent } from '../events/event.js';

/** What a Live page shows of a tail. Never more than its limits, however long it runs. */
export interface TailBuffer {
  /** Newest first. */
  readonly shown: readonly StoredEvent[];
  /** What came during a pause, newest first; it joins `shown` at the end of the pause. */
  readonly held: readonly StoredEvent[];
  /** Came during this pause; those past the limit are counted, not held. */
  readonly heldCount: number;
  readonly paused: boolean;
  readonly limit: number;
}

export function emptyBuffer(limit: number): TailBuffer {
  return { shown: [], held: [], heldCount: 0, paused: false, limit };
}

/**
 * Takes in what came, oldest first, `skipped` more having come before. A resumed tail may repeat its last events: those
 * are left out.
 */
export function received(buffer: TailBuffer, events: readonly StoredEvent[], skipped = 0): TailBuffer {
  const known = new Set([...buffer.shown, ...buffer.held].map(({ id }) => id));
  const fresh: StoredEvent[] = [];
  for (const event of events) {
    if (known.has(event.id)) continue;
    known.add(event.id);
    fresh.unshift(event);
  }
  if (fresh.length === 0) return buffer;
  const target = buffer.paused ? 'held' : 'shown';
  return {
    ...buffer,
    [target]: [...fresh, ...buffer[target]].slice(0, buffer.limit),
    heldCount: buffer.paused ? buffer.heldCount + fresh.length + skipped : 0,
  };
}

export function paused(buffer: TailBuffer): TailBuffer {
  return { ...buffer, paused: true };
}

/** Ends a pause: what was held is shown on top. */
export function resumed(buffer: TailBuffer): TailBuffer {
  const shown = [...buffer.held, ...buffer.shown].slice(0, buffer.limit);
  return { ...buffer, shown, held: [], heldCount: 0, paused: false };
}

export function cleared(buffer: TailBuffer): TailBuffer {
  return { ...buffer, shown: [], held: [], heldCount: 0 };
}
