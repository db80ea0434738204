import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../core/ports/clock.js';
import type { Interrupts } from '../signals.js';
import type { Batch } from './batch.js';
import { HttpClient } from './http-client.js';
import { Latencies, type LatencySummary } from './latencies.js';
import { Ledger } from './ledger.js';
import { Pace } from './pace.js';
import { outOfPatience } from './patience.js';
import { Progress } from './progress.js';
import { Sender } from './sender.js';

/** What is sent, and how it is told of at the end. */
export interface Kind<Report> {
  /** The next `count` in one request. */
  take(count: number, nowMs: number): Batch;
  report(ledger: Ledger, facts: RunFacts): Report;
}

export interface RunFacts {
  target: string;
  seed: number;
  elapsedMs: number;
  /** One for each item that no answer acknowledged. */
  unacknowledged: readonly (string | null)[];
  latency: LatencySummary | null;
}

export interface RunOptions {
  target: URL;
  seed: number;
  /** null sends none. */
  key: string | null;
  /** Records a second; 0 for as fast as the server takes them. */
  rps: number;
  /** Most records of a request. */
  batch: number;
  connections: number;
  /** Infinity for no end; likewise `durationMs`. */
  count: number;
  durationMs: number;
}

export interface RunResult<Report> {
  report: Report;
  /** Why the run ended early: the server refused a request in a way that no repetition changes. */
  failure: Error | null;
}

/**
 * Sends traffic until its count or time is up, or `stop`: what was made by then is sent until it is acknowledged, or `giveUp`.
 * Accounts for each record of it. `progress` is where to tell how it goes.
 */
export async function generate<Report>(
  kind: Kind<Report>,
  options: RunOptions,
  { stop, giveUp }: Pick<Interrupts, 'stop' | 'giveUp'>,
  clock: Clock,
  progress: NodeJS.WriteStream | null,
): Promise<RunResult<Report>> {
  const ledger = new Ledger();
  const latencies = new Latencies();
  const shown = progress && new Progress(ledger, progress, options);
  const client = new HttpClient(options.target, options.key, options.connections);
  const patience = outOfPatience(options.target, ledger, stop, (error) => fail(error));
  const answered = (tookMs: number) => {
    patience.answered();
    latencies.add(tookMs);
    shown?.answered(tookMs);
  };
  const sender = new Sender(client, ledger, answered, giveUp.signal);
  setMaxListeners(0, stop, giveUp.signal);
  giveUp.signal.addEventListener('abort', () => client.close());
  let failure: Error | null = null;
  const fail = (error: Error) => {
    failure ??= error;
    giveUp.abort();
  };
  const startMs = clock.nowMs();
  const next = batches(kind, options, startMs, AbortSignal.any([stop, giveUp.signal]), clock);
  await sendAll(next, sender, options.connections, fail);
  patience.end();
  client.close();
  shown?.stop();
  const unacknowledged = [...sender.waiting].flatMap(({ items }) => items.map(({ eventId }) => eventId));
  const elapsedMs = clock.nowMs() - startMs;
  const facts = { target: options.target.href, seed: options.seed, elapsedMs, unacknowledged };
  return { report: kind.report(ledger, { ...facts, latency: latencies.summary() }), failure };
}

type NextBatch = () => Promise<Batch | null>;

/** Each connection takes its next batch when it is done with the last: no more is ever in memory than what is on its way. */
async function sendAll(
  next: NextBatch,
  sender: Sender,
  connections: number,
  fail: (error: Error) => void,
): Promise<void> {
  const connection = async () => {
    try {
      for (let batch = await next(); batch; batch = await next()) await sender.deliver(batch);
    } catch (error) {
      fail(error as Error);
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
}

/** Batches in the pace of the run; null at its end. */
function batches(
  kind: Pick<Kind<unknown>, 'take'>,
  options: RunOptions,
  startMs: number,
  stop: AbortSignal,
  clock: Clock,
): NextBatch {
  const pace = new Pace({ ...options, startMs, endMs: startMs + options.durationMs });
  const take = async (): Promise<Batch | null> => {
    while (!stop.aborted) {
      const allowance = pace.next(clock.nowMs());
      if (allowance === 'done') return null;
      if ('take' in allowance) return kind.take(allowance.take, clock.nowMs());
      await delay(allowance.waitMs, undefined, { signal: stop }).catch(() => undefined);
    }
    return null;
  };
  // One at a time: otherwise every idle connection would wake up for each event that is due.
  let turn: Promise<unknown> = Promise.resolve();
  return () => {
    const mine = turn.then(take);
    turn = mine;
    return mine;
  };
}
