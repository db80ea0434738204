/** `open` is live; `retrying` waits for the next attempt, `refused` has given up until asked again. */
export type TailState = 'connecting' | 'open' | 'retrying' | 'refused';

export interface TailEvents {
  onState(state: TailState, reason: string | null): void;
  /** The text of an event, in JSON. */
  onMessage(text: string): void;
  /** May this reader connect again? False (logged out, say) ends the attempts. */
  mayRetry(): Promise<boolean>;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

const REASONS: Record<string, string | undefined> = {
  shutting_down: 'the server is shutting down or restarting',
  too_slow: 'this page fell behind and resumes where it left off',
  unauthorized: 'the key has expired or was revoked, or the session has ended',
};

/** Before the nth attempt (from 0) in a row that failed: doubled each time, and spread so that pages do not come back at once. */
export function retryDelayMs(attempt: number, random: number): number {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 10));
  return delay * (0.5 + random / 2);
}

/**
 * A tail that comes back by itself where it left off. EventSource alone gives up at the first answer that is no 200
 * (a proxy's 502, say), and does not tell what that was.
 */
export class TailConnection {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastEventId = '';
  private attempt = 0;
  private reason: string | null = null;
  private closed = false;

  constructor(
    /** The tail's address, with its filters. */
    private readonly url: string,
    private readonly events: TailEvents,
  ) {
    this.connect();
  }

  /** Ends it for good. */
  close(): void {
    this.closed = true;
    this.drop();
  }

  private connect(): void {
    this.events.onState(this.attempt === 0 ? 'connecting' : 'retrying', this.reason);
    const source = new EventSource(this.address());
    this.source = source;
    source.onopen = () => {
      this.attempt = 0;
      this.reason = null;
      this.events.onState('open', null);
    };
    source.onmessage = ({ data, lastEventId }: MessageEvent<string>) => {
      if (lastEventId) this.lastEventId = lastEventId;
      this.events.onMessage(data);
    };
    source.addEventListener('end', ({ data }: MessageEvent<string>) => {
      const code = reasonCode(data);
      this.reason = REASONS[code] ?? null;
      void this.retry(code === 'unauthorized');
    });
    source.onerror = () => void this.retry(false);
  }

  private async retry(isDoubtful: boolean): Promise<void> {
    this.drop();
    const attempt = this.attempt;
    this.attempt += 1;
    this.events.onState('retrying', this.reason);
    // The first failure may be a dropped connection: only after a second one is the session checked.
    const goOn = (attempt === 0 && !isDoubtful) || (await this.events.mayRetry());
    if (this.closed) return;
    if (goOn) this.timer = setTimeout(() => this.connect(), retryDelayMs(attempt, Math.random()));
    else this.events.onState('refused', this.reason);
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  private address(): string {
    if (!this.lastEventId) return this.url;
    const separator = this.url.includes('?') ? '&' : '?';
    return `${this.url}${separator}last_event_id=${encodeURIComponent(this.lastEventId)}`;
  }
}

function reasonCode(data: string): string {
  try {
    return (JSON.parse(data) as { reason?: string }).reason ?? '';
  } catch {
    return '';
  }
}
