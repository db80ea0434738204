import type uPlot from 'uplot';
import { clock, clockSeconds, date } from '../format.js';
import { logTicks } from './log-scale.js';
import type { PlotLook } from './plot-options.js';

const TICK_SPACE_PX = 34;

/** Time below, values at the left. */
export function axesOf(look: PlotLook): uPlot.Axis[] {
  const shared = { stroke: look.colour('axis'), font: look.font };
  return [
    {
      ...shared,
      grid: { show: false },
      ticks: { stroke: look.colour('grid'), size: 4, width: 1 },
      space: 72,
      size: 30,
      gap: 6,
      values: (_plot, splits, _axis, _space, increment) => splits.map((split) => tickName(split, increment)),
    },
    {
      ...shared,
      grid: { stroke: look.colour('grid'), width: 1 },
      ticks: { show: false },
      border: { show: false },
      space: TICK_SPACE_PX,
      gap: 8,
      size: (_plot, values) => 16 + 6.5 * Math.max(3, ...(values ?? []).map((value) => value.length)),
      incrs: look.unit.steps && [...look.unit.steps],
      ...(look.log && {
        splits: (plot, _axis, _min, max) =>
          logTicks(look.unit.decades, max, plot.over.clientHeight / TICK_SPACE_PX),
        filter: (_plot, splits) => splits,
      }),
      values: (_plot, splits) => splits.map((split) => look.unit.short(split)),
    },
  ];
}

/** Midnight is named by its day, everything else by the clock: with seconds where ticks are less than a minute apart. */
export function tickName(timeS: number, incrementS: number): string {
  const moment = new Date(timeS * 1000);
  if (incrementS < 60) return clockSeconds(moment);
  const midnight = moment.getHours() === 0 && moment.getMinutes() === 0;
  return incrementS >= 86_400 || midnight ? date(moment) : clock(moment);
}
