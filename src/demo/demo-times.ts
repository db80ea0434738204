import type { Random } from '../samples/random.js';

const DAY_MS = 86_400_000;
/** At the quietest time of a day there is this much of what there is at the busiest. */
const NIGHT = 0.2;
/** Of a day in UTC. */
const BUSIEST = 15 / 24;

/** So many times between two, in order, more of them by day than by night. */
export function timesOf(random: Random, fromMs: number, toMs: number, count: number): number[] {
  const times: number[] = [];
  while (times.length < count) {
    const atMs = fromMs + Math.floor(random.unit() * (toMs - fromMs));
    if (random.chance(busyAt(atMs))) times.push(atMs);
  }
  return times.sort((a, b) => a - b);
}

/** 0 to 1. */
function busyAt(atMs: number): number {
  const ofDay = (atMs % DAY_MS) / DAY_MS;
  return NIGHT + (1 - NIGHT) * (0.5 + 0.5 * Math.cos(2 * Math.PI * (ofDay - BUSIEST)));
}
