import type { Requests } from '../../kit/api/answers.js';
import { compact, count, millis, percent } from '../../kit/format.js';
import { ComparedTile } from '../../kit/ui/compared-tile.js';
import { errorShare, serverErrorShare } from './chart-data.js';
import type { AccessData } from './use-access.js';

const requestsOf = (values: Requests) => values.count;

/** The totals of the window against the one before. */
export function AccessTiles({ access }: { access: AccessData }) {
  const { requests, latency, uniqueIps } = access;
  return (
    <div class="tiles">
      <ComparedTile
        label="Requests"
        compared={requests}
        read={requestsOf}
        format={compact}
        inFull={count}
        colour="blue"
      />
      <ComparedTile
        label="Unique IPs"
        compared={uniqueIps}
        read={({ unique_ips: n }) => n}
        format={compact}
        inFull={count}
        colour="teal"
      />
      <ComparedTile
        label="Error rate"
        compared={requests}
        read={errorShare}
        format={percent}
        better="down"
        colour="amber"
      />
      <ComparedTile
        label="Server errors"
        compared={requests}
        read={serverErrorShare}
        format={percent}
        better="down"
        colour="red"
      />
      <ComparedTile
        label="Latency p50"
        compared={latency}
        read={({ p50 }) => p50}
        format={millis}
        better="down"
        colour="teal"
      />
      <ComparedTile
        label="Latency p95"
        compared={latency}
        read={({ p95 }) => p95}
        format={millis}
        better="down"
        colour="amber"
      />
    </div>
  );
}
