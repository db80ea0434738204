import type { Colour } from '../chart/chart-series.js';
import type { Values } from '../series.js';

const WIDTH = 100;
const HEIGHT = 28;

/** The shape of a series, beside its number; says nothing of its own. */
export function Sparkline({ values, colour }: { values: Values; colour: Colour }) {
  const most = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE);
  if (values.length < 2) return null;
  const points = values.map((value, index) => {
    const x = (index / (values.length - 1)) * WIDTH;
    const y = HEIGHT - 2 - ((value ?? 0) / most) * (HEIGHT - 4);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg
      class={`sparkline ink-${colour}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <polygon points={`0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`} />
      <polyline points={points.join(' ')} />
    </svg>
  );
}
