import type { Micros } from '../../../core/event.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import type { Piece, Tier } from '../../../core/time-cover.js';
import { runsOf, type Window } from '../../../core/window-runs.js';
import { number, time } from '../literals.js';

/** Where a window is counted: its buckets in the rollups, and everything in it in the deltas that are not in them yet. */
export interface WindowSql {
  /** Buckets of its runs, in a rollup table. */
  buckets: string;
  /** Deltas of the project in it. */
  deltas: string;
}

/** @throws RangeError for a window with ragged ends: only buckets are there to be counted. */
export function windowSql(
  projectId: number,
  window: Window,
  tiers: readonly Tier[],
  firstMinute: Micros,
): WindowSql {
  const runs = runsOf(window, tiers, firstMinute);
  if (runs.some(({ tier }) => tier === 0)) {
    throw new RangeError(`${formatRfc3339(window.from)} to ${formatRfc3339(window.to)} has no whole buckets`);
  }
  const project = `project_id = ${number(projectId)}`;
  const { from, to } = window;
  return {
    buckets: `${project} and (${runs.map(inRun).join(' or ') || 'false'})`,
    deltas: `${project} and timestamp >= ${time(from)} and timestamp < ${time(to)}`,
  };
}

function inRun({ tier, from, to }: Piece): string {
  return `tier = ${tier} and bucket >= ${time(from)} and bucket < ${time(to)}`;
}

const YEAR_0_MICROS = 62_167_219_200_000_000;

/** The point of a series, from 1, that a time belongs to; starts are whole seconds. */
export function pointOf(column: string, starts: readonly Micros[]): string {
  const seconds = starts.map((start) => number(Math.floor((start + YEAR_0_MICROS) / 1e6)));
  return `interval(to_seconds(${column}), ${seconds.join(', ')})`;
}
