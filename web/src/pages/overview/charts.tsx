import { useBoth } from '../../kit/api/use-both.js';
import { ChartPanel } from '../../kit/chart/chart-panel.js';
import { latencyChart } from '../../kit/chart/latency-chart.js';
import { COUNT, DURATION, PERCENT } from '../../kit/chart/unit.js';
import { counted } from '../../kit/format.js';
import { errorRateChart, eventsChart, peopleChart } from './chart-data.js';
import type { OverviewData } from './use-overview.js';

/** How the window went: events by type, people, errors, latency. */
export function Charts({ overview }: { overview: OverviewData }) {
  const { errors, byType, users, sessions, latency } = overview;
  const events = useBoth(errors.now, byType);
  const people = useBoth(users.now, sessions.now);
  const total = errors.now.data?.totals;
  return (
    <>
      <ChartPanel
        title="Events by type"
        note={total && counted(total.total, 'event')}
        query={events}
        chartOf={eventsChart}
        isEmpty={([all]) => all.totals.total === 0}
        kind="bars"
        unit={COUNT}
        height={230}
      />
      <div class="row">
        <ChartPanel
          title="Active users and sessions"
          query={people}
          chartOf={peopleChart}
          isEmpty={([one, other]) => one.totals.count + other.totals.count === 0}
          kind="lines"
          unit={COUNT}
        />
        <ChartPanel
          title="Error rate"
          note={total && counted(total.count, 'error')}
          query={errors.now}
          chartOf={errorRateChart}
          isEmpty={({ totals }) => totals.total === 0}
          kind="lines"
          unit={PERCENT}
          height={206}
        />
        <ChartPanel
          title="Latency"
          note={latency.now.data && counted(latency.now.data.totals.count, 'timed event')}
          query={latency.now}
          chartOf={latencyChart}
          isEmpty={({ totals }) => totals.count === 0}
          kind="lines"
          unit={DURATION}
        />
      </div>
    </>
  );
}
