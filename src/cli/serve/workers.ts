import cluster, { type Worker } from 'node:cluster';
import { once, type EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../../config/settings.js';
import { ClusterMetrics, giveMetrics } from '../../operations/metrics/cluster-metrics.js';
import { aborted, workerStopSignal } from '../signals.js';
import { startClusterProfiling } from './profiling.js';
import { runServer } from './run-server.js';

/** A worker that keeps dying is not restarted faster than this. */
const RESTART_AFTER_MS = 1_000;

type Message =
  | { sightline: 'started' }
  | { sightline: 'database'; url: string }
  | { sightline: 'listening'; address: string }
  | { sightline: 'closed' }
  | { sightline: 'port-closed' }
  | { sightline: 'failed'; reason: string };

/** In the primary: keeps `config.workers` server processes on one port until `stop` resolves. */
export async function runWorkers(
  config: Config,
  url: string,
  logger: Logger,
  onListening: (address: string) => void,
  stop: Promise<unknown>,
): Promise<void> {
  new ClusterMetrics();
  const profiling = await startClusterProfiling(config, logger);
  const pool = new WorkerPool(url, logger);
  const started = Promise.all(Array.from({ length: config.workers }, () => pool.start()));
  // A worker that is stopped while it starts has failed to start: no failure where all are to stop.
  await Promise.race([started.then(([address]) => onListening(address)), stop]);
  await stop;
  await profiling.stop();
  await pool.stop();
}

class WorkerPool {
  private stopping = false;

  constructor(
    private readonly url: string,
    private readonly logger: Logger,
  ) {}

  /** Resolves with its address once it listens. */
  async start(): Promise<string> {
    const worker = cluster.fork();
    const listening = new Promise<string>((resolve, reject) => {
      worker.on('message', (message: Message) => {
        if (message.sightline === 'listening') resolve(message.address);
        if (message.sightline === 'failed') reject(new Error(message.reason));
      });
      worker.once('exit', () => {
        // Its exit may be seen before its last message: what it said counts.
        const silent = () => reject(new Error('a worker process could not start'));
        if (worker.isConnected()) worker.once('disconnect', silent);
        else silent();
      });
    });
    // It may hold a password: not in the arguments or environment, where others can read it. And not before the worker
    // asks: what comes while it still loads its modules is lost.
    void heard(worker, 'started').then(() =>
      worker.send({ sightline: 'database', url: this.url } satisfies Message),
    );
    const address = await listening;
    worker.once('exit', (code, signal) => void this.restart(worker, signal || `code ${code}`));
    return address;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    // One that has ended may still be in the list.
    const workers = (Object.values(cluster.workers ?? {}) as Worker[]).filter((worker) => !worker.isDead());
    const exits = workers.map((worker) => once(worker, 'exit'));
    const closings = workers.map((worker, nth) => Promise.race([heard(worker, 'closed'), exits[nth]]));
    for (const worker of workers) worker.process.kill('SIGTERM');
    await Promise.all(closings);
    for (const worker of workers) {
      if (worker.isConnected()) worker.send({ sightline: 'port-closed' } satisfies Message, () => undefined);
    }
    await Promise.all(exits);
  }

  private async restart(worker: Worker, reason: string): Promise<void> {
    while (!this.stopping) {
      this.logger.error(`worker process ${worker.process.pid} ended (${reason}): starting another`);
      await delay(RESTART_AFTER_MS);
      if (this.stopping) return;
      try {
        await this.start();
        return;
      } catch (error) {
        reason = (error as Error).message;
      }
    }
  }
}

/** In a worker. */
export async function runAsWorker(config: Config, logger: Logger): Promise<void> {
  const stop = aborted(workerStopSignal());
  giveMetrics();
  const url = await askForDatabase();
  const tell = (address: string) => process.send!({ sightline: 'listening', address } satisfies Message);
  // Without the primary nobody would stop this process.
  const orphaned = (): never => process.exit(1);
  process.once('disconnect', orphaned);
  // What it tells a primary that has just gone cannot be written.
  cluster.worker!.on('error', orphaned);
  await runServer(config, url, logger, tell, stop, portClosed).catch(giveUp);
  process.off('disconnect', orphaned);
  process.disconnect();
}

// The primary ends the start with the reason, once for all workers, or logs it where a worker was to be replaced.
async function giveUp(error: unknown): Promise<never> {
  const reason = error instanceof Error ? error.message : String(error);
  await new Promise((sent) =>
    process.send!({ sightline: 'failed', reason } satisfies Message, undefined, {}, sent),
  );
  process.exit(1);
}

async function askForDatabase(): Promise<string> {
  const answer = heard(process, 'database');
  process.send!({ sightline: 'started' } satisfies Message);
  return (await answer).url;
}

async function portClosed(): Promise<void> {
  const answer = heard(process, 'port-closed');
  process.send!({ sightline: 'closed' } satisfies Message);
  await answer;
}

type Named<Name extends Message['sightline']> = Extract<Message, { sightline: Name }>;

/** The next message of this name. */
function heard<Name extends Message['sightline']>(from: EventEmitter, name: Name): Promise<Named<Name>> {
  return new Promise((resolve) => {
    const hear = (message: Message): void => {
      if (message.sightline !== name) return;
      from.off('message', hear);
      resolve(message as Named<Name>);
    };
    from.on('message', hear);
  });
}
