import { Counter, Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { MetricSums, quantile } from './metric-sums.js';

async function sums(fill: (registry: Registry) => void): Promise<MetricSums> {
  const registry = new Registry();
  fill(registry);
  return new MetricSums(await registry.getMetricsAsJSON());
}

describe('sums of metrics', () => {
  it('are over every label, or those that are asked for', async () => {
    const all = await sums((registry) => {
      const counter = new Counter({
        name: 'requests',
        help: 'h',
        labelNames: ['status'],
        registers: [registry],
      });
      counter.inc({ status: 200 }, 5);
      counter.inc({ status: 503 }, 2);
    });
    expect(all.total('requests')).toBe(7);
    expect(all.total('requests', ({ status }) => Number(status) >= 500)).toBe(2);
    expect(all.total('no_such_metric')).toBe(0);
  });

  it('of a histogram are one histogram', async () => {
    const all = await sums((registry) => {
      const histogram = new Histogram({
        name: 'seconds',
        help: 'h',
        labelNames: ['endpoint'],
        buckets: [1, 2, 4],
        registers: [registry],
      });
      for (const seconds of [0.5, 1.5, 1.5]) histogram.observe({ endpoint: 'a' }, seconds);
      histogram.observe({ endpoint: 'b' }, 9);
    });
    const histogram = all.histogram('seconds');
    expect(histogram).toEqual({
      count: 4,
      sum: 12.5,
      buckets: [
        [1, 1],
        [2, 3],
        [4, 3],
        [Infinity, 4],
      ],
    });
    expect([0.25, 0.5, 0.75, 0.99].map((share) => quantile(histogram, share))).toEqual([1, 1.5, 2, 4]);
    expect(all.histogram('no_such_metric')).toEqual({ count: 0, sum: 0, buckets: [] });
  });

  it('have no quantile where nothing was observed', () => {
    expect(quantile({ count: 0, sum: 0, buckets: [] }, 0.5)).toBeNull();
  });
});
