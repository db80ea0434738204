import { compact, count, millis, percent } from '../../kit/format.js';
import { ComparedTile } from '../../kit/ui/compared-tile.js';
import type { OverviewData } from './use-overview.js';

/** The totals of the window against the one before. */
export function Tiles({ overview }: { overview: OverviewData }) {
  const { errors, users, sessions, latency, uniqueIps } = overview;
  return (
    <div class="tiles">
      <ComparedTile
        label="Events"
        compared={errors}
        read={({ total }) => total}
        format={compact}
        inFull={count}
        colour="blue"
      />
      <ComparedTile
        label="Active users"
        compared={users}
        read={({ count: n }) => n}
        format={compact}
        inFull={count}
        better="up"
        colour="teal"
      />
      <ComparedTile
        label="Sessions"
        compared={sessions}
        read={({ count: n }) => n}
        format={compact}
        inFull={count}
        better="up"
        colour="violet"
      />
      <ComparedTile
        label="Error rate"
        compared={errors}
        read={({ rate }) => rate}
        format={percent}
        better="down"
        colour="red"
      />
      <ComparedTile
        label="Latency p95"
        compared={latency}
        read={({ p95 }) => p95}
        format={millis}
        better="down"
        colour="amber"
      />
      <ComparedTile
        label="Unique IPs"
        compared={uniqueIps}
        read={({ unique_ips: n }) => n}
        format={compact}
        inFull={count}
        colour="grey"
      />
    </div>
  );
}
