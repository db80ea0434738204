import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import { ApiError } from '../../kit/api/api-error.js';
import { get } from '../../kit/api/request.js';
import { endSession } from '../../kit/session.js';
import type { StoredEvent } from '../events/event.js';
import { parseExact } from '../events/exact-json.js';
import { ArrivalRate } from './arrival-rate.js';
import { cleared, emptyBuffer, paused, received, resumed, type TailBuffer } from './tail-buffer.js';
import { TailConnection, type TailState } from './tail-connection.js';

const FLUSH_AFTER_MS = 200;

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
    const inbox = new Inbox(limit, (events) => act((state) => received(state, events)));
    const tail = new TailConnection(url, {
      onState: (state, reason) => setConnection({ state, reason }),
      onMessage: (text) => {
        rate.add(1, Date.now());
        inbox.take(text);
      },
      mayRetry,
    });
    const timer = setInterval(() => setPerSecond(rate.perSecond(Date.now())), 1000);
    return () => {
      clearInterval(timer);
      inbox.close();
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

/** Gathers what comes within moments, so that the page is drawn a few times a second at any rate. */
class Inbox {
  private texts: string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly most: number,
    private readonly deliver: (events: StoredEvent[]) => void,
  ) {}

  take(text: string): void {
    this.texts.push(text);
    // Timers are slow in a background tab: what waits must not grow without them.
    if (this.texts.length >= this.most) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS);
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const texts = this.texts;
    this.texts = [];
    this.deliver(texts.map((text) => parseExact(text) as StoredEvent));
  }
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
