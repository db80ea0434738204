import type { Compared } from '../api/use-compared.js';
import type { Colour } from '../chart/chart-series.js';
import { changeOf } from '../format.js';
import { valuesOf } from '../series.js';
import { Tile } from './tile.js';

interface ComparedTileProps<Values> {
  label: string;
  compared: Compared<Values>;
  read: (values: Values) => number | null;
  format: (value: number | null) => string;
  /** The value in full, on hover. */
  inFull?: (value: number | null) => string;
  better?: 'up' | 'down';
  colour: Colour;
}

/** A number of the window against the one before, with its shape. */
export function ComparedTile<Values>({
  label,
  compared,
  read,
  format,
  inFull,
  better,
  colour,
}: ComparedTileProps<Values>) {
  const { now, before } = compared;
  if (now.data === undefined)
    return <Tile label={label} value={undefined} failed={now.error !== undefined} />;
  const value = read(now.data.totals);
  const earlier = before.data && !before.stale ? read(before.data.totals) : undefined;
  return (
    <Tile
      label={label}
      value={format(value)}
      title={inFull?.(value)}
      changePercent={earlier === undefined ? undefined : changeOf(value, earlier)}
      before={earlier === undefined || earlier === null ? undefined : format(earlier)}
      better={better}
      spark={{ values: valuesOf(now.data.series, read), colour }}
    />
  );
}
