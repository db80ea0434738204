import { pack } from './parcel.js';
import { reportOf, type Report } from './report.js';
import type { Kind } from './run.js';
import { Traffic, type TrafficOptions } from './traffic.js';

/** `--kind events` */
export function eventKind(options: TrafficOptions, batch: number): Kind<Report> {
  const traffic = new Traffic(options);
  return {
    take: (count, nowMs) =>
      pack(
        Array.from({ length: count }, () => traffic.next(nowMs)),
        batch,
      ),
    report: reportOf,
  };
}
