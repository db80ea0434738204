import { DAY_MS, HOUR_MS } from '../../core/time.js';
import { Random } from '../random.js';
import { locales, models, networks } from './catalogue.js';

const FIRST_NEWEST_RELEASE = 8;
const SHARE_ACTIVE = 0.1;
const EVENTS_A_SESSION = 15;
const UPDATES_A_SESSION = 0.03;
const SESSIONS_A_RELEASE = 20;

/** Where in its session a device is when it reports. */
export interface Turn {
  number: number;
  device: Device;
  moment: 'start' | 'middle' | 'end';
  sessionId: string;
  appVersion: string;
  sequenceNumber: number;
}

/** Devices that take turns: each opens sessions and ends them, counts what it reports, and updates its app now and then. */
export class Fleet {
  private readonly active: Int32Array;
  private readonly sequence = new Int32Array(this.devices);
  private readonly sessions = new Int32Array(this.devices);
  /** Events until the open session ends; 0 where none is open. */
  private readonly left = new Int32Array(this.devices);
  /** 0 for a device that has not reported yet. */
  private readonly release = new Int32Array(this.devices);
  private sessionsInAll = 0;

  constructor(
    private readonly seed: number,
    private readonly devices: number,
    private readonly random: Random,
  ) {
    this.active = new Int32Array(Math.ceil(devices * SHARE_ACTIVE)).map(() => this.anyDevice());
  }

  /** A device that is in use; one that ended its session makes room for another. */
  activeDevice(): number {
    const slot = this.random.below(this.active.length);
    const number = this.active[slot];
    if (this.left[number] > 0 || this.sessions[number] === 0) return number;
    return (this.active[slot] = this.anyDevice());
  }

  turnOf(number: number): Turn {
    const device = deviceOf(this.seed, number, this.devices);
    const moment = this.moveOn(number, device);
    return {
      number,
      device,
      moment,
      sessionId: this.sessionId(number),
      appVersion: `3.${this.release[number]}.0`,
      sequenceNumber: ++this.sequence[number],
    };
  }

  private moveOn(number: number, device: Device): Turn['moment'] {
    if (this.left[number] > 0) return --this.left[number] === 0 ? 'end' : 'middle';
    this.left[number] = 1 + Math.ceil(this.random.exponential(EVENTS_A_SESSION));
    this.sessions[number]++;
    this.sessionsInAll++;
    this.update(number, device);
    return 'start';
  }

  private update(number: number, device: Device): void {
    const newest =
      FIRST_NEWEST_RELEASE + Math.floor(this.sessionsInAll / (SESSIONS_A_RELEASE * this.devices));
    if (this.release[number] === 0) {
      this.release[number] = Math.max(1, FIRST_NEWEST_RELEASE - device.releasesBehind);
    } else if (this.release[number] < newest && this.random.chance(UPDATES_A_SESSION)) {
      this.release[number] = newest;
    }
  }

  private sessionId(number: number): string {
    return `${new Random(this.seed, -1 - number).hex(2)}-${this.sessions[number]}`;
  }

  /** Some devices are in use far more than others. */
  private anyDevice(): number {
    return Math.floor(this.random.unit() ** 2 * this.devices);
  }
}

/** What a device is, for as long as the run lasts. */
interface Device {
  /** null where nobody signed in. */
  userId: string | null;
  /** By how much its clock is ahead of the true time; negative where it is behind. */
  clockErrorMs: number;
  /** Releases behind the newest one when the run begins. */
  releasesBehind: number;
  info: Record<string, unknown>;
}

/** The device of this number in a fleet of `devices`: worked out again each time, so that a fleet of a million costs no memory. */
function deviceOf(seed: number, device: number, devices: number): Device {
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
