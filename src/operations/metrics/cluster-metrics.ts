import cluster from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';
import {
  AggregatorRegistry,
  register,
  type MetricObjectWithValues,
  type MetricValue,
  type Registry,
} from 'prom-client';
import { SightlineError } from '../../core/errors.js';
import { primary, type IpcRequest, type Peer } from '../ipc.js';

export type Metrics = MetricObjectWithValues<MetricValue<string>>[];

/** What a server and all its workers have counted. */
interface Reading {
  workers: number;
  /** Of the server, not of the worker that answers. */
  uptimeS: number;
  metrics: Metrics;
}

/** A worker that is scraped asks the primary, which collects from all workers: as Prometheus text, or as numbers. */
const TEXT: IpcRequest<null, string> = { name: 'metrics-text', timeoutMs: 10_000 };
const READING: IpcRequest<null, Reading> = { name: 'metrics-reading', timeoutMs: 10_000 };
const COLLECT: IpcRequest<null, Metrics> = { name: 'collect-metrics', timeoutMs: 30_000 };

/** A worker that is busy for longer is shown as it last was. */
const PATIENCE_MS = 1_000;

let exposition: Promise<string> | null = null;

/** The metrics of the server, of all its workers, as Prometheus reads them: made once for all who ask at the same time. */
export function expose(): Promise<string> {
  exposition ??= (cluster.isWorker ? askPrimary(TEXT) : register.metrics()).finally(
    () => (exposition = null),
  );
  return exposition;
}

/** The same as numbers; also in a server without workers. */
export async function readAll(): Promise<Reading> {
  if (cluster.isWorker) return askPrimary(READING);
  return { workers: 1, uptimeS: process.uptime(), metrics: await register.getMetricsAsJSON() };
}

async function askPrimary<Answer>(request: IpcRequest<null, Answer>): Promise<Answer> {
  const answer = await primary().ask(request, null);
  if (answer === null) throw new SightlineError('timeout', 'The metrics could not be collected in time.');
  return answer;
}

/** In a worker: gives its own metrics when the primary asks. */
export function giveMetrics(): void {
  primary().answer(COLLECT, () => register.getMetricsAsJSON());
}

/**
 * In the primary: adds up the workers' metrics. prom-client's own way fails the scrape when one worker is slow,
 * and lets the counters of one that died vanish, which Prometheus takes for a reset of the sum.
 */
export class ClusterMetrics {
  /** Of the connected workers. */
  private readonly latest = new Map<Peer, Metrics>();
  private departed: Metrics[] = [];

  join(worker: Peer): void {
    this.latest.set(worker, []);
    void worker.gone.then(() => this.depart(worker));
    worker.answer(TEXT, async () => (await this.collect()).metrics());
    worker.answer(READING, async () => {
      const metrics = await (await this.collect()).getMetricsAsJSON();
      return { workers: this.latest.size, uptimeS: process.uptime(), metrics };
    });
  }

  private async collect(): Promise<Registry> {
    const collected = [...this.latest.keys()].map(async (worker) => {
      const metrics = await worker.ask(COLLECT, null);
      if (metrics !== null) this.latest.set(worker, metrics);
    });
    await Promise.race([Promise.all(collected), delay(PATIENCE_MS, undefined, { ref: false })]);
    return AggregatorRegistry.aggregate([...this.departed, ...this.latest.values()]);
  }

  // What it counted stays counted; what it held (connections, memory, queue) is gone.
  private depart(worker: Peer): void {
    const metrics = this.latest.get(worker) ?? [];
    this.latest.delete(worker);
    const counted = metrics.filter(({ type }) => String(type) === 'counter' || String(type) === 'histogram');
    if (counted.length > 0) this.departed.push(counted);
  }
}
