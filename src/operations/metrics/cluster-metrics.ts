import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, register, type MetricObjectWithValues, type MetricValue } from 'prom-client';

export type Metrics = MetricObjectWithValues<MetricValue<string>>[];

/** What a server and all its workers have counted. */
interface Reading {
  workers: number;
  /** Of the server, not of the worker that tells. */
  uptimeS: number;
  metrics: Metrics;
}

/** How a worker wants them: as Prometheus reads them, or to reckon with. */
interface Forms {
  text: string;
  reading: Reading;
}

/** Messages between the processes: a worker is scraped, and has the primary ask them all. */
type Message =
  | { sightline: 'scrape'; id: number; form: keyof Forms }
  | { sightline: 'scraped'; id: number; scraped: string | Reading }
  | { sightline: 'collect'; id: number }
  | { sightline: 'collected'; id: number; metrics: Metrics };

/** A worker that is busy for longer is shown as it last was. */
const PATIENCE_MS = 1_000;

let lastId = 0;

let exposition: Promise<string> | null = null;

/** The metrics of the server, of all its workers, as Prometheus reads them: made once for all who ask at the same time. */
export function expose(): Promise<string> {
  exposition ??= (cluster.isWorker ? askPrimary('text') : register.metrics()).finally(
    () => (exposition = null),
  );
  return exposition;
}

/** The same to reckon with, in a server of whatever kind. */
export async function readAll(): Promise<Reading> {
  if (cluster.isWorker) return askPrimary('reading');
  return { workers: 1, uptimeS: process.uptime(), metrics: await register.getMetricsAsJSON() };
}

function askPrimary<Form extends keyof Forms>(form: Form): Promise<Forms[Form]> {
  const id = ++lastId;
  return new Promise((resolve) => {
    const hear = (message: Message): void => {
      if (message.sightline !== 'scraped' || message.id !== id) return;
      process.off('message', hear);
      resolve(message.scraped as Forms[Form]);
    };
    process.on('message', hear);
    process.send!({ sightline: 'scrape', id, form } satisfies Message);
  });
}

/** In a worker: gives its own metrics when the primary asks. */
export function giveMetrics(): void {
  process.on('message', (message: Message) => {
    if (message.sightline !== 'collect') return;
    void register.getMetricsAsJSON().then((metrics) => {
      process.send!({ sightline: 'collected', id: message.id, metrics } satisfies Message);
    });
  });
}

/**
 * In the primary: adds up the workers' metrics. prom-client's own way fails the scrape when one worker is slow,
 * and lets the counters of one that died vanish, which Prometheus takes for a reset of the sum.
 */
export class ClusterMetrics {
  private readonly latest = new Map<Worker, Metrics>();
  private departed: Metrics[] = [];

  constructor() {
    cluster.on('exit', (worker) => this.depart(worker));
    cluster.on('message', (worker, message: Message) => {
      if (message.sightline === 'collected') this.latest.set(worker, message.metrics);
      if (message.sightline !== 'scrape') return;
      const { id, form } = message;
      void this.scrape(form).then((scraped) => {
        if (worker.isConnected()) worker.send({ sightline: 'scraped', id, scraped } satisfies Message);
      });
    });
  }

  private async scrape(form: keyof Forms): Promise<string | Reading> {
    const workers = Object.values(cluster.workers ?? {}).filter((worker) =>
      worker?.isConnected(),
    ) as Worker[];
    await Promise.all(workers.map((worker) => this.collect(worker)));
    const all = [...this.departed, ...this.latest.values()];
    const registry = AggregatorRegistry.aggregate(all);
    if (form === 'text') return registry.metrics();
    return { workers: workers.length, uptimeS: process.uptime(), metrics: await registry.getMetricsAsJSON() };
  }

  private collect(worker: Worker): Promise<void> {
    const id = ++lastId;
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        worker.off('message', hear);
        resolve();
      };
      const hear = (message: Message): void => {
        if (message.sightline === 'collected' && message.id === id) end();
      };
      const timer = setTimeout(end, PATIENCE_MS);
      worker.on('message', hear);
      worker.send({ sightline: 'collect', id } satisfies Message);
    });
  }

  // What it counted stays counted; what it held (connections, memory, queue) is gone.
  private depart(worker: Worker): void {
    const metrics = this.latest.get(worker) ?? [];
    this.latest.delete(worker);
    const counted = metrics.filter(({ type }) => String(type) === 'counter' || String(type) === 'histogram');
    if (counted.length > 0) this.departed.push(counted);
  }
}
