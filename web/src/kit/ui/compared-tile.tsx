import type { Latency, Stats } from '../api/answers.js';
import type { ComparedStats } from '../api/use-compared.js';
import type { Colour } from '../chart/chart-series.js';
import { beginsLate, compareCounts, compareLatencies, compareShares, type Compared } from '../comparison.js';
import { compact, count, millis, percent } from '../format.js';
import { wholeValues } from '../series.js';
import { percentOf, type Share } from '../significance.js';
import { Tile } from './tile.js';

interface ComparedTileProps<Values> {
  label: string;
  stats: ComparedStats<Values>;
  read: (values: Values) => number | null;
  format: (value: number | null) => string;
  compare: (now: Values, before: Values) => Compared;
  /** Is there anything at all? */
  has: (values: Values) => boolean;
  /** The value in full, on hover. */
  inFull?: (value: number | null) => string;
  detail?: (values: Values) => string;
  better?: 'up' | 'down';
  colour: Colour;
}

/** A number of the window against the one before, with its shape. */
function ComparedTile<Values>(props: ComparedTileProps<Values>) {
  const { label, stats, read, format, inFull, detail, better, colour } = props;
  const { now, before } = stats;
  if (now.data === undefined)
    return <Tile label={label} value={undefined} failed={now.error !== undefined} />;
  const value = read(now.data.totals);
  const earlier = before.stale ? undefined : before.data;
  return (
    <Tile
      label={label}
      value={format(value)}
      title={inFull?.(value)}
      detail={detail?.(now.data.totals)}
      compared={earlier && comparedTo(props, now.data.totals, earlier)}
      before={earlier && format(read(earlier.totals))}
      better={better}
      staleSinceMs={now.error && now.answeredAtMs}
      spark={{ values: wholeValues(now.data, read), colour }}
    />
  );
}

function comparedTo<Values>(
  { compare, has }: ComparedTileProps<Values>,
  now: Values,
  before: Stats<Values>,
): Compared {
  return beginsLate(before, has) ? 'part' : compare(now, before.totals);
}

type Shared<Values> = Pick<ComparedTileProps<Values>, 'label' | 'stats' | 'better' | 'colour'>;

/** A count, shortened, and in full on hover. */
export function CountTile<Values>(props: Shared<Values> & { read: (values: Values) => number }) {
  const { read } = props;
  return (
    <ComparedTile
      {...props}
      format={compact}
      inFull={count}
      compare={(now, before) => compareCounts(read(now), read(before))}
      has={(values) => read(values) > 0}
    />
  );
}

/** A share that is better small, with what it is of. */
export function ShareTile<Values>(props: Shared<Values> & { share: (values: Values) => Share }) {
  const { share } = props;
  return (
    <ComparedTile
      {...props}
      read={(values) => percentOf(share(values))}
      format={percent}
      detail={(values) => `${compact(share(values).hits)} of ${compact(share(values).of)}`}
      compare={(now, before) => compareShares(share(now), share(before))}
      has={(values) => share(values).of > 0}
      better="down"
    />
  );
}

/** A percentile of durations. */
export function LatencyTile(props: Omit<Shared<Latency>, 'label'> & { percentile: 'p50' | 'p95' }) {
  const { percentile } = props;
  return (
    <ComparedTile
      {...props}
      label={`Latency ${percentile}`}
      read={(latency) => latency[percentile]}
      format={millis}
      compare={(now, before) => compareLatencies(now, before, percentile)}
      has={({ count: timed }) => timed > 0}
      better="down"
    />
  );
}
