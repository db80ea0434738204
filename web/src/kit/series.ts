import { count } from './format.js';
import { INTERVAL_S, type Interval } from './interval.js';
import { percentOf, type Share } from './significance.js';

/** A line or a stack of bars over the chart's times; null where there is nothing to say. */
export type Values = readonly (number | null)[];

export interface Point {
  time: string;
}

/** Seconds since 1970 of each point: the axis of a chart. */
export const timesOf = (points: readonly Point[]) => points.map(({ time }) => Date.parse(time) / 1000);

/** One field of each point. */
export function valuesOf<P extends Point>(
  points: readonly P[],
  read: (point: P) => number | null | undefined,
): Values {
  return points.map((point) => read(point) ?? null);
}

/**
 * One field of the points whose whole bucket lies in the window, for what has no room to say which are cut: the hour that is
 * not over would look like a fall.
 */
export function wholeValues<P extends Point>(
  { from, to, interval, series }: { from: string; to: string; interval: Interval; series: readonly P[] },
  read: (point: P) => number | null,
): Values {
  const [fromMs, toMs, step] = [Date.parse(from), Date.parse(to), INTERVAL_S[interval] * 1000];
  const whole = series.filter(({ time }, index) => {
    const start = Date.parse(time);
    const end = index + 1 < series.length ? Date.parse(series[index + 1].time) : start + step;
    return start >= fromMs && end <= toMs;
  });
  return valuesOf(whole, read);
}

/** One field of the points at these times, null where there is none: of two answers one may be a refresh older. */
export function valuesAt<P extends Point>(
  times: readonly number[],
  points: readonly P[],
  read: (point: P) => number | null,
): Values {
  const found = new Map(points.map((point) => [Date.parse(point.time) / 1000, read(point)]));
  return times.map((time) => found.get(time) ?? null);
}

/**
 * Points of several groups to one row of values a group, zero where a group has no point; the order of `groups`,
 * then the others by size.
 */
export function pivot<P extends Point>(
  times: readonly number[],
  points: readonly P[],
  groupOf: (point: P) => string,
  read: (point: P) => number,
  groups: readonly string[] = [],
): Map<string, number[]> {
  const place = new Map(times.map((time, index) => [time, index]));
  const rows = new Map<string, number[]>();
  for (const point of points) {
    const index = place.get(Date.parse(point.time) / 1000);
    if (index === undefined) continue;
    const group = groupOf(point);
    let row = rows.get(group);
    if (!row) rows.set(group, (row = times.map(() => 0)));
    row[index] += read(point);
  }
  const known = groups.filter((group) => rows.has(group));
  const others = [...rows.keys()].filter((group) => !groups.includes(group));
  others.sort((a, b) => sum(rows.get(b)!) - sum(rows.get(a)!));
  return new Map([...known, ...others].map((group) => [group, rows.get(group)!]));
}

/** Shares as percent, each with what it is of: one of three is not a third of a thousand. Without any there is no rate. */
export function ratesOf(shares: readonly Share[]): { values: Values; details: (string | null)[] } {
  return {
    values: shares.map(percentOf),
    details: shares.map(({ hits, of }) => (of === 0 ? null : `${count(hits)} of ${count(of)}`)),
  };
}

/** Each row with those before it added: what stacked bars are drawn to. */
export function stacked(rows: readonly Values[]): number[][] {
  const top: number[] = [];
  return rows.map((row) => row.map((value, index) => (top[index] = (top[index] ?? 0) + (value ?? 0))));
}

export const sum = (values: Values) => values.reduce<number>((total, value) => total + (value ?? 0), 0);

/** The place of the greatest value; -1 where there is none. */
export function peakOf(values: Values): number {
  let peak = -1;
  values.forEach((value, index) => {
    if (value !== null && (peak < 0 || value > (values[peak] ?? -Infinity))) peak = index;
  });
  return peak;
}

/** Seconds from each time to the next; of the last, as of the one before. */
export function stepOf(times: readonly number[], fallbackS: number): number {
  return times.length > 1 ? times[1] - times[0] : fallbackS;
}
