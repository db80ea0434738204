import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import { ApiError } from '../../kit/api/api-error.js';
import { get } from '../../kit/api/request.js';
import { endSession } from '../../kit/session.js';
import type { StoredEvent } from '../events/event.js';
import { parseExact } from '../events/exact-json.js';
import { ArrivalRate } from './arrival-rate.js';
import { cleared, emptyBuffer, paused, received, resumed, type TailBuffer } from './tail-buffer.js';
import { TailConnection, type TailState } from './tail-connection.js';
import { TailInbox } from './tail-inbox.js';

/** Four renders a second: nobody reads faster, and at a high rate each replaces every row. */
const DRAW_EVERY_MS = 250;
const DRAWINGS_A_SECOND = 1000 / DRAW_EVERY_MS;

export interface Tail {
  state: TailState;
  /** Why the connection ended, where the server said so. */
  reason: string | null;
  buffer: TailBuffer;
  /** Events that came a second, over the last seconds, also during a pause. */
  perSecond: number;
  pause: () => void;
  resume: () => void;
  clear: () => void;
  /** Begins a new connection, as after it was refused. */
  reconnect: () => void;
}

type Act = (buffer: TailBuffer) => TailBuffer;

/** What comes on a tail, at most `limit` events of it; null connects to none. Another address begins anew. */
export function useTail(url: string | null, limit: number): Tail {
  const [buffer, act] = useReducer((state: TailBuffer, change: Act) => change(state), limit, emptyBuffer);
  const [connection, setConnection] = useState<Pick<Tail, 'state' | 'reason'>>({
    state: 'connecting',
    reason: null,
  });
  const [perSecond, setPerSecond] = useState(0);
  const [attempt, setAttempt] = useState(0);
  const shownUrl = useRef(url);

  useEffect(() => {
    if (url === null) return;
    if (shownUrl.current !== url) act(() => emptyBuffer(limit));
    shownUrl.current = url;
    const rate = new ArrivalRate(Date.now());
    const inbox = new TailInbox(limit);
    const tail = new TailConnection(url, {
      onState: (state, reason) => setConnection({ state, reason }),
      onMessage: (text) => {
        rate.add(1, Date.now());
        inbox.take(text);
      },
      mayRetry,
    });
    let drawings = 0;
    // One timer for all that changes: what is set within one turn is one drawing.
    const timer = setInterval(() => {
      const { texts, skipped } = inbox.empty();
      if (texts.length > 0) {
        const events = texts.map((text) => parseExact(text) as StoredEvent);
        act((state) => received(state, events, skipped));
      }
      if (drawings++ % DRAWINGS_A_SECOND === 0) setPerSecond(rate.perSecond(Date.now()));
    }, DRAW_EVERY_MS);
    return () => {
      clearInterval(timer);
      tail.close();
      setPerSecond(0);
    };
  }, [url, limit, attempt]);

  return {
    ...connection,
    buffer,
    perSecond,
    pause: () => act(paused),
    resume: () => act(resumed),
    clear: () => act(cleared),
    reconnect: () => setAttempt((count) => count + 1),
  };
}

/** Not once the session has ended: the page then shows the log-in form. Whatever else is wrong may pass. */
async function mayRetry(): Promise<boolean> {
  try {
    await get('/api/v1/session');
    return true;
  } catch (error) {
    const ended = error instanceof ApiError && error.status === 401;
    if (ended) endSession();
    return !ended;
  }
}
