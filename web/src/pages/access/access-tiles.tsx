import { CountTile, LatencyTile, ShareTile } from '../../kit/ui/compared-tile.js';
import { errorsOf, serverErrorsOf } from './chart-data.js';
import type { AccessData } from './use-access.js';

/** The totals of the window against the one before. */
export function AccessTiles({ access }: { access: AccessData }) {
  const { requests, latency, uniqueIps } = access;
  return (
    <div class="tiles">
      <CountTile label="Requests" stats={requests} read={({ count }) => count} colour="blue" />
      <CountTile label="Unique IPs" stats={uniqueIps} read={({ unique_ips: n }) => n} colour="teal" />
      <ShareTile label="Error rate" stats={requests} share={errorsOf} colour="amber" />
      <ShareTile label="Server errors" stats={requests} share={serverErrorsOf} colour="red" />
      <LatencyTile percentile="p50" stats={latency} colour="teal" />
      <LatencyTile percentile="p95" stats={latency} colour="amber" />
    </div>
  );
}
