import type { Colour } from '../../kit/chart/chart-series.js';
import { count, millis, percent } from '../../kit/format.js';
import { Tile } from '../../kit/ui/tile.js';
import type { Rates } from './ingest-chart.js';
import { rateText } from './rate-text.js';
import { hitPercent, type Counter, type SystemAnswer } from './system-answer.js';

interface SystemTilesProps {
  system: SystemAnswer;
  rates: Rates;
  /** Since when it does not answer. */
  staleSinceMs: number | undefined;
}

/** The server at a glance. */
export function SystemTiles({ system, rates, staleSinceMs }: SystemTilesProps) {
  const { ingest, queue, flush, requests, cache } = system;
  const rate = { rates, staleSinceMs };
  return (
    <div class="tiles system-tiles">
      <RateTile {...rate} label="Events stored" counter="stored" colour="blue" total={ingest.events.stored} />
      <RateTile
        {...rate}
        label="Duplicate events"
        counter="duplicate"
        colour="amber"
        total={ingest.events.duplicate}
      />
      <RateTile
        {...rate}
        label="Events rejected"
        counter="rejected"
        colour="red"
        total={ingest.events.rejected}
      />
      <RateTile
        {...rate}
        label="Access entries"
        counter="entries"
        colour="teal"
        total={ingest.access_entries.stored}
      />
      <RateTile {...rate} label="Requests" counter="requests" colour="violet" total={requests.count}>
        , {count(requests.errors_5xx)} failed (5xx)
      </RateTile>
      <Tile staleSinceMs={staleSinceMs} label="Queue" value={count(queue.depth)}>
        of {count(queue.limit)} records
      </Tile>
      <Tile staleSinceMs={staleSinceMs} label="Flush p95" value={millis(flush.p95_ms)}>
        {count(flush.count)} flushes
      </Tile>
      <Tile staleSinceMs={staleSinceMs} label="Cache hits" value={percent(hitPercent(cache))}>
        {count(cache.hits)} of {count(cache.hits + cache.misses)}
      </Tile>
    </div>
  );
}

interface RateTileProps extends Omit<SystemTilesProps, 'system'> {
  label: string;
  counter: Counter;
  colour: Colour;
  /** Since the start. */
  total: number;
  children?: preact.ComponentChildren;
}

function RateTile({ label, counter, colour, rates, staleSinceMs, total, children }: RateTileProps) {
  const values = rates.map(({ perSecond }) => perSecond[counter]);
  return (
    <Tile
      label={label}
      value={rateText(values.at(-1))}
      spark={{ values, colour }}
      staleSinceMs={staleSinceMs}
    >
      {count(total)} since startup
      {children}
    </Tile>
  );
}
