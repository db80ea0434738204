import type { Metrics } from './cluster-metrics.js';

type Labels = Partial<Record<string, string | number>>;

/** A histogram summed over all labels. */
interface HistogramSum {
  count: number;
  sum: number;
  /** The cumulative count at each upper bound, ascending; the last bound is Infinity. */
  buckets: [bound: number, atMost: number][];
}

/** Sums over a registry's metrics; an absent metric counts as zero. */
export class MetricSums {
  constructor(private readonly metrics: Metrics) {}

  /** Of a counter or gauge. */
  total(name: string, where: (labels: Labels) => boolean = () => true): number {
    return this.valuesOf(name).reduce((sum, { labels, value }) => (where(labels) ? sum + value : sum), 0);
  }

  histogram(name: string): HistogramSum {
    const atMost = new Map<number, number>();
    const histogram = { count: 0, sum: 0 };
    for (const { metricName, labels, value } of this.valuesOf(name)) {
      if (metricName === `${name}_sum`) histogram.sum += value;
      else if (metricName === `${name}_count`) histogram.count += value;
      else {
        const bound = labels.le === '+Inf' ? Infinity : Number(labels.le);
        atMost.set(bound, (atMost.get(bound) ?? 0) + value);
      }
    }
    return { ...histogram, buckets: [...atMost].sort(([a], [b]) => a - b) };
  }

  private valuesOf(name: string): { metricName?: string; labels: Labels; value: number }[] {
    return this.metrics.find((metric) => metric.name === name)?.values ?? [];
  }
}

/**
 * A quantile of a histogram, as Prometheus' histogram_quantile computes it: interpolated linearly within a bucket. null where
 * the histogram is empty.
 */
export function quantile({ count, buckets }: HistogramSum, share: number): number | null {
  if (count === 0) return null;
  const rank = share * count;
  let [lower, below] = [0, 0];
  for (const [bound, atMost] of buckets) {
    if (atMost >= rank) {
      if (bound === Infinity) return lower;
      return atMost === below ? bound : lower + ((bound - lower) * (rank - below)) / (atMost - below);
    }
    [lower, below] = [bound, atMost];
  }
  return lower;
}
