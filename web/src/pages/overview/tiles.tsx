import { CountTile, LatencyTile, ShareTile } from '../../kit/ui/compared-tile.js';
import { errorsOf } from './chart-data.js';
import type { OverviewData } from './use-overview.js';

/** The totals of the window against the one before. */
export function Tiles({ overview }: { overview: OverviewData }) {
  const { errors, users, sessions, latency, uniqueIps } = overview;
  return (
    <div class="tiles">
      <CountTile label="Events" stats={errors} read={({ total }) => total} colour="blue" />
      <CountTile label="Active users" stats={users} read={({ count }) => count} better="up" colour="teal" />
      <CountTile label="Sessions" stats={sessions} read={({ count }) => count} better="up" colour="violet" />
      <ShareTile label="Error rate" stats={errors} share={errorsOf} colour="red" />
      <LatencyTile percentile="p95" stats={latency} colour="amber" />
      <CountTile label="Unique IPs" stats={uniqueIps} read={({ unique_ips: n }) => n} colour="grey" />
    </div>
  );
}
