import { SightlineError } from './errors.js';

/** How long is waited for a lane, and by how many. */
export interface WaitingLimits {
  maxWaiting: number;
  patienceMs: number;
}

interface Waiting {
  go: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** Runs so many pieces of work at once; what comes on top waits for its turn, in the order that it came. */
export class Lanes {
  private readonly waiting: Waiting[] = [];
  private running = 0;

  constructor(
    private readonly most: number,
    private readonly limits: WaitingLimits = { maxWaiting: Infinity, patienceMs: Infinity },
  ) {}

  get isIdle(): boolean {
    return this.running === 0;
  }

  /** @throws SightlineError `overloaded` at once where too many wait, or after waiting for too long. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running < this.most) this.running++;
    else await this.turn();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // The lane is handed on: nobody who comes now gets in before those who wait.
      if (next) this.call(next);
      else this.running--;
    }
  }

  private turn(): Promise<void> {
    const { maxWaiting, patienceMs } = this.limits;
    if (this.waiting.length >= maxWaiting) throw overloaded();
    return new Promise((go, refuse) => {
      const waiting: Waiting = { go, timer: undefined };
      this.waiting.push(waiting);
      if (patienceMs === Infinity) return;
      waiting.timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        refuse(overloaded());
      }, patienceMs);
    });
  }

  private call({ go, timer }: Waiting): void {
    clearTimeout(timer);
    go();
  }
}

/** Of the connections that questions have, those that one project may hold at once. */
const SHARE_OF_PROJECT = 0.5;
/** Questions of one project that wait for one of those; whoever comes then is told at once. */
const MAX_WAITING = 100;

/** Lanes for each project: one whose questions take long holds up its own, and not those of the others. */
export class ProjectLanes {
  private readonly lanes = new Map<number, Lanes>();

  constructor(
    private readonly each: number,
    private readonly limits: WaitingLimits,
  ) {}

  /** @param patienceMs after which whoever asked is gone. */
  static over(connections: number, patienceMs: number): ProjectLanes {
    const each = Math.max(1, Math.floor(connections * SHARE_OF_PROJECT));
    return new ProjectLanes(each, { maxWaiting: MAX_WAITING, patienceMs });
  }

  /** @throws SightlineError `overloaded` */
  async run<Result>(projectId: number, work: () => Promise<Result>): Promise<Result> {
    const lanes = this.lanes.get(projectId) ?? new Lanes(this.each, this.limits);
    this.lanes.set(projectId, lanes);
    try {
      return await lanes.run(work);
    } finally {
      // No more are kept than there are projects that ask at this moment.
      if (lanes.isIdle) this.lanes.delete(projectId);
    }
  }
}

function overloaded(): SightlineError {
  return new SightlineError(
    'overloaded',
    'Too many questions of this project are being answered. Try again.',
    {
      retryAfterS: 1,
    },
  );
}
