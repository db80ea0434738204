import { SightlineError } from './errors.js';

/** How long a caller waits for a permit, and how many of one owner may wait. */
interface WaitingLimits {
  maxWaiting: number;
  patienceMs: number;
}

interface Waiting {
  go: () => void;
  timer?: NodeJS.Timeout;
}

/** Of the connections that queries have, those that one project may hold at once. */
const SHARE_OF_PROJECT = 0.5;
/** Queries of one project that may wait for a connection; further ones are refused at once. */
const MAX_WAITING = 100;

/**
 * Runs a bounded number of tasks at once; further ones wait. An owner (a project) holds at most `maxOfOne` permits, waiting
 * owners take turns, and the tasks of one owner run in order of arrival.
 */
export class FairSemaphore {
  /** In the order of their turns. */
  private readonly waiting = new Map<number, Waiting[]>();
  private readonly running = new Map<number, number>();

  constructor(
    private free: number,
    private readonly maxOfOne = free,
    private readonly limits: WaitingLimits = { maxWaiting: Infinity, patienceMs: Infinity },
  ) {}

  /** Of which one owner has at most half, however much it brings. */
  static shared(permits: number): FairSemaphore {
    return new FairSemaphore(permits, Math.ceil(permits / 2));
  }

  /**
   * For the readers of a store: a project with slow queries delays its own, not those of others.
   * @param patienceMs after which the caller has given up
   */
  static ofProjects(connections: number, patienceMs: number): FairSemaphore {
    const each = Math.max(1, Math.floor(connections * SHARE_OF_PROJECT));
    // The total is bounded by the connection pool.
    return new FairSemaphore(Infinity, each, { maxWaiting: MAX_WAITING, patienceMs });
  }

  /** @throws SightlineError `overloaded` at once where too many wait, or after waiting for too long. */
  async run<Result>(work: () => Promise<Result>, owner = 0): Promise<Result> {
    if (this.free > 0 && this.mayRun(owner) && !this.waiting.has(owner)) this.start(owner);
    else await this.turn(owner);
    try {
      return await work();
    } finally {
      this.end(owner);
    }
  }

  private mayRun(owner: number): boolean {
    return (this.running.get(owner) ?? 0) < this.maxOfOne;
  }

  private start(owner: number): void {
    this.free--;
    this.running.set(owner, (this.running.get(owner) ?? 0) + 1);
  }

  private turn(owner: number): Promise<void> {
    const { maxWaiting, patienceMs } = this.limits;
    const queue = this.waiting.get(owner) ?? [];
    if (queue.length >= maxWaiting) throw overloaded();
    this.waiting.set(owner, queue);
    return new Promise((go, refuse) => {
      const waiting: Waiting = { go };
      queue.push(waiting);
      if (patienceMs === Infinity) return;
      waiting.timer = setTimeout(() => {
        queue.splice(queue.indexOf(waiting), 1);
        if (queue.length === 0) this.waiting.delete(owner);
        refuse(overloaded());
      }, patienceMs);
    });
  }

  private end(owner: number): void {
    const left = this.running.get(owner)! - 1;
    if (left > 0) this.running.set(owner, left);
    else this.running.delete(owner);
    this.free++;
    for (const [next, queue] of this.waiting) {
      if (!this.mayRun(next)) continue;
      // The permit is handed over: a newcomer must not overtake those who wait.
      this.start(next);
      const { go, timer } = queue.shift()!;
      // Moves to the back of the queue, as the same list: the timers of those who wait refer to it.
      this.waiting.delete(next);
      if (queue.length > 0) this.waiting.set(next, queue);
      clearTimeout(timer);
      go();
      return;
    }
  }
}

function overloaded(): SightlineError {
  const message = 'Too many queries are running for this project. Try again.';
  return new SightlineError('overloaded', message, { retryAfterS: 1 });
}

/** How many of a long-lived kind of request a process holds at once. One project holds at most half: another still gets its own. */
export class RequestQuota {
  private taken = 0;
  private readonly takenBy = new Map<number, number>();
  private readonly maxOfOne: number;

  constructor(
    private readonly max: number,
    /** Their name, such as `exports`, and the setting that limits them, for the error message. */
    private readonly kind: { name: string; setting: string },
  ) {
    this.maxOfOne = Math.ceil(max / 2);
  }

  get used(): number {
    return this.taken;
  }

  /** Gives what releases it; releasing twice does nothing. @throws SightlineError `overloaded` at once where none is free. */
  take(projectId: number): () => void {
    const own = this.takenBy.get(projectId) ?? 0;
    if (own >= this.maxOfOne)
      throw this.refusal(`This project has as many ${this.kind.name} as one may have`);
    if (this.taken >= this.max)
      throw this.refusal(`This server has as many ${this.kind.name} as it may have`);
    this.add(projectId, 1);
    let held = true;
    return () => {
      if (held) this.add(projectId, -1);
      held = false;
    };
  }

  private add(projectId: number, change: 1 | -1): void {
    this.taken += change;
    const own = (this.takenBy.get(projectId) ?? 0) + change;
    if (own === 0) this.takenBy.delete(projectId);
    else this.takenBy.set(projectId, own);
  }

  private refusal(reason: string): SightlineError {
    return new SightlineError('overloaded', `${reason} (${this.kind.setting}). Try again later.`, {
      retryAfterS: 5,
    });
  }
}
