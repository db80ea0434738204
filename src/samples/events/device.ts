import { locales, models, networks } from './catalogue.js';
import { Random } from '../random.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What a device is, for as long as the run lasts. */
export interface Device {
  /** null where nobody signed in. */
  userId: string | null;
  /** What its clock shows more than the true time; negative where it is behind. */
  clockErrorMs: number;
  /** Releases behind the newest one when the run begins. */
  releasesBehind: number;
  info: Record<string, unknown>;
}

/** The device of this number in a fleet of `devices`: worked out again each time, so that a fleet of a million costs no memory. */
export function deviceOf(seed: number, device: number, devices: number): Device {
  const random = new Random(seed, device + 1);
  // Some people have two devices.
  const userId = random.chance(0.85) ? `user-${random.below(Math.ceil(devices * 0.8)) + 1}` : null;
  const model = models.pick(random);
  return {
    userId,
    clockErrorMs: clockError(random),
    releasesBehind: Math.floor(random.exponential(0.9)),
    info: {
      os: model.os,
      os_version: random.of(model.versions),
      model: model.name,
      locale: locales.pick(random),
      network: networks.pick(random),
    },
  };
}

/** Most clocks are right within a second; of the others some are minutes or days off, a few years ahead. */
function clockError(random: Random): number {
  if (!random.chance(0.02)) return Math.round(random.unit() * -1000);
  const how = random.unit();
  if (how < 0.6) return Math.round((random.unit() - 0.5) * 4 * HOUR_MS);
  if (how < 0.85) return -Math.round(random.unit() * 30 * DAY_MS);
  return Math.round((1 + random.unit() * 9) * 365 * DAY_MS);
}
