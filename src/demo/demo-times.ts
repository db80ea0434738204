import type { Random } from '../samples/random.js';

const DAY_MS = 86_400_000;
/** At the quietest time of a day there is this much of what there is at the busiest. */
const NIGHT = 0.2;
/** Of a day in UTC. */
const BUSIEST = 15 / 24;
const WEEKEND = 0.7;
/** At the beginning there is this much of what there is at the end: something has grown. */
const BEGINNING = 0.7;

/** So many times between two, in order: more by day than by night, on working days, and towards the end. */
export function timesOf(random: Random, fromMs: number, toMs: number, count: number): number[] {
  const times: number[] = [];
  while (times.length < count) {
    const atMs = fromMs + Math.floor(random.unit() * (toMs - fromMs));
    const grown = BEGINNING + (1 - BEGINNING) * ((atMs - fromMs) / (toMs - fromMs));
    if (random.chance(busyAt(atMs) * grown)) times.push(atMs);
  }
  return times.sort((a, b) => a - b);
}

/** 0 to 1. */
function busyAt(atMs: number): number {
  const ofDay = (atMs % DAY_MS) / DAY_MS;
  const ofWeek = [0, 6].includes(new Date(atMs).getUTCDay()) ? WEEKEND : 1;
  return ofWeek * (NIGHT + (1 - NIGHT) * (0.5 + 0.5 * Math.cos(2 * Math.PI * (ofDay - BUSIEST))));
}
