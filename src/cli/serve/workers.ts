import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../../config/settings.js';
import { Peer, primary, type IpcRequest } from '../../operations/ipc.js';
import { ClusterMetrics, giveMetrics } from '../../operations/metrics/cluster-metrics.js';
import { aborted, workerStopSignal } from '../signals.js';
import { startClusterProfiling } from './profiling.js';
import { runServer } from './run-server.js';

/** A worker that keeps dying is not restarted faster than this. */
const RESTART_AFTER_MS = 1_000;

/** What a worker asks the primary for, or tells it: the URL may hold a password, which others could read in arguments or environment. */
const DATABASE_URL: IpcRequest<null, string> = { name: 'database-url', timeoutMs: 10_000 };
const LISTENING: IpcRequest<string, void> = { name: 'listening', timeoutMs: 10_000 };
const FAILED: IpcRequest<string, void> = { name: 'failed', timeoutMs: 10_000 };
/** Asked once the worker listens no more; answered when no worker does. */
const PORT_CLOSED: IpcRequest<null, void> = { name: 'port-closed', timeoutMs: 10_000 };

/** In the primary: keeps `config.workers` server processes on one port until `stop` resolves. */
export async function runWorkers(
  config: Config,
  url: string,
  logger: Logger,
  onListening: (address: string) => void,
  stop: Promise<unknown>,
): Promise<void> {
  const pool = new WorkerPool(url, logger);
  const profiling = await startClusterProfiling(config, pool.peers, logger);
  const started = Promise.all(Array.from({ length: config.workers }, () => pool.start()));
  // A worker that is stopped while it starts has failed to start: no failure where all are to stop.
  await Promise.race([started.then(([address]) => onListening(address)), stop]);
  await stop;
  await profiling.stop();
  await pool.stop();
}

class WorkerPool {
  /** The workers that run, by process id. */
  readonly peers = new Map<number, Peer>();
  private readonly metrics = new ClusterMetrics();
  private readonly listening = new Set<Peer>();
  private readonly waitingForPort: (() => void)[] = [];
  private stopping = false;

  constructor(
    private readonly url: string,
    private readonly logger: Logger,
  ) {}

  /** Resolves with its address once it listens. */
  async start(): Promise<string> {
    const worker = cluster.fork();
    const exited = once(worker, 'exit') as Promise<[code: number | null, signal: string | null]>;
    const peer = this.join(worker, exited);
    const address = await new Promise<string>((resolve, reject) => {
      peer.answer(LISTENING, resolve);
      peer.answer(FAILED, (reason) => reject(new Error(reason)));
      void exited.then(async () => {
        // Its exit may be seen before its last message: what it said counts.
        if (worker.isConnected()) await peer.gone;
        reject(new Error('a worker process could not start'));
      });
    });
    void exited.then(([code, signal]) => this.restart(worker, signal ?? `code ${code}`));
    return address;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    // One that has ended may still be in the list.
    const workers = (Object.values(cluster.workers ?? {}) as Worker[]).filter((worker) => !worker.isDead());
    const exits = workers.map((worker) => once(worker, 'exit'));
    for (const worker of workers) worker.process.kill('SIGTERM');
    await Promise.all(exits);
  }

  private join(worker: Worker, exited: Promise<unknown>): Peer {
    const peer = Peer.ofWorker(worker.process);
    const pid = worker.process.pid ?? 0;
    this.peers.set(pid, peer);
    this.listening.add(peer);
    void exited.then(() => {
      this.peers.delete(pid);
      this.leavePort(peer);
    });
    this.metrics.join(peer);
    peer.answer(DATABASE_URL, () => this.url);
    peer.answer(PORT_CLOSED, () => {
      const closed = new Promise<void>((resolve) => this.waitingForPort.push(resolve));
      this.leavePort(peer);
      return closed;
    });
    return peer;
  }

  private leavePort(peer: Peer): void {
    this.listening.delete(peer);
    if (this.stopping && this.listening.size === 0) this.waitingForPort.forEach((resolve) => resolve());
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
  // Without the primary nobody would stop this process.
  const orphaned = (): never => process.exit(1);
  process.once('disconnect', orphaned);
  // What it tells a primary that has just gone cannot be written.
  cluster.worker!.on('error', orphaned);
  giveMetrics();
  const url = await primary().ask(DATABASE_URL, null);
  if (url === null) return giveUp(new Error('the primary process did not send the database URL'));
  const tell = (address: string) => void primary().ask(LISTENING, address);
  const portClosed = async () => void (await primary().ask(PORT_CLOSED, null));
  await runServer(config, url, logger, tell, stop, portClosed).catch(giveUp);
  process.off('disconnect', orphaned);
  process.disconnect();
}

// The primary ends the start with the reason, once for all workers, or logs it where a worker was to be replaced.
async function giveUp(error: unknown): Promise<never> {
  await primary().ask(FAILED, error instanceof Error ? error.message : String(error));
  process.exit(1);
}
