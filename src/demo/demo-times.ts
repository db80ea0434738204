import type { Random } from '../samples/random.js';

const DAY_MS = 86_400_000;
/** Traffic at the quietest time of a day, as a share of the busiest. */
const NIGHT = 0.2;
/** Of a day in UTC. */
const BUSIEST = 15 / 24;
const WEEKEND = 0.7;
/** Traffic at the beginning, as a share of the end: the app has grown. */
const BEGINNING = 0.7;

/** Resolution of the curve that times are drawn from. */
const STEP_MS = 60_000;

/**
 * So many times between two, in order: more by day than by night, on working days, and towards the end. One is drawn from each of
 * `count` parts of equal weight: drawn freely, a quiet hour (the last one, too) would now and then have none.
 */
export function timesOf(random: Random, fromMs: number, toMs: number, count: number): number[] {
  const steps = Math.ceil((toMs - fromMs) / STEP_MS);
  const stepMs = (toMs - fromMs) / steps;
  const weights = Array.from({ length: steps }, (_, step) => {
    const grown = BEGINNING + (1 - BEGINNING) * (step / steps);
    return busyAt(fromMs + step * stepMs) * grown;
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let [step, before] = [0, 0];
  return Array.from({ length: count }, (_, part) => {
    const drawn = ((part + random.unit()) / count) * total;
    while (step < steps - 1 && before + weights[step] <= drawn) before += weights[step++];
    const within = Math.min((drawn - before) / weights[step], 1);
    return Math.floor(fromMs + (step + within) * stepMs);
  });
}

/** 0 to 1. */
function busyAt(atMs: number): number {
  const ofDay = (atMs % DAY_MS) / DAY_MS;
  const ofWeek = [0, 6].includes(new Date(atMs).getUTCDay()) ? WEEKEND : 1;
  return ofWeek * (NIGHT + (1 - NIGHT) * (0.5 + 0.5 * Math.cos(2 * Math.PI * (ofDay - BUSIEST))));
}
