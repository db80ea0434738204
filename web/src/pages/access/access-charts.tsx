import { ChartPanel } from '../../kit/chart/chart-panel.js';
import { latencyChart } from '../../kit/chart/latency-chart.js';
import { COUNT, DURATION, PERCENT } from '../../kit/chart/unit.js';
import { counted } from '../../kit/format.js';
import { errorsChart, requestsChart, uniqueIpsChart } from './chart-data.js';
import { StatusMix } from './status-mix.js';
import type { AccessData } from './use-access.js';

/** How the window went: requests by status, errors, latency, addresses. */
export function AccessCharts({ access }: { access: AccessData }) {
  const { requests, latency, uniqueIps } = access;
  const total = requests.now.data?.totals;
  return (
    <>
      <ChartPanel
        title="Requests by status"
        note={total && `${counted(total.count, 'request')}, ${counted(total.errors, 'error')}`}
        span={8}
        query={requests.now}
        chartOf={requestsChart}
        isEmpty={({ totals }) => totals.count === 0}
        kind="bars"
        unit={COUNT}
        height={230}
      />
      <StatusMix />
      <div class="row">
        <ChartPanel
          title="Error rate"
          note="of all requests"
          query={requests.now}
          chartOf={errorsChart}
          isEmpty={({ totals }) => totals.count === 0}
          kind="lines"
          unit={PERCENT}
        />
        <ChartPanel
          title="Latency"
          note={latency.now.data && counted(latency.now.data.totals.count, 'timed request')}
          query={latency.now}
          chartOf={latencyChart}
          isEmpty={({ totals }) => totals.count === 0}
          kind="lines"
          unit={DURATION}
        />
        <ChartPanel
          title="Unique IPs"
          query={uniqueIps.now}
          chartOf={uniqueIpsChart}
          isEmpty={({ totals }) => totals.unique_ips === 0}
          kind="bars"
          unit={COUNT}
          height={206}
        />
      </div>
    </>
  );
}
