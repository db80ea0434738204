import { useAddress } from '../../kit/address.js';
import type { Top } from '../../kit/api/answers.js';
import { useQuery } from '../../kit/api/use-query.js';
import { millis } from '../../kit/format.js';
import { Loaded, Panel } from '../../kit/ui/panel.js';
import {
  countColumn,
  errorColumn,
  errorCountColumn,
  shareColumn,
  TopList,
  type TopColumn,
} from '../../kit/ui/top-list.js';
import { useWindow } from '../../kit/use-window.js';
import { errorsOf } from './chart-data.js';
import type { OverviewData } from './use-overview.js';

const SHOWN = 8;
const ROW_PX = 29;

const averageColumn: TopColumn = {
  head: 'Average',
  title: 'Average duration',
  cell: ({ avg_ms: ms }) => millis(ms),
};

/** The most frequent names, versions and providers; each value leads to its events. */
export function TopPanels({ overview }: { overview: OverviewData }) {
  const totals = overview.errors.now.data?.totals;
  const overall = totals && errorsOf(totals);
  return (
    <div class="row">
      <TopPanel
        title="Top events"
        head="Name"
        by="event_name"
        // Nearly every name is of one type of event: an error, or not.
        columns={() => [countColumn('Events'), errorCountColumn]}
      />
      <TopPanel
        title="App versions"
        head="Version"
        by="app_version"
        columns={(top) => [countColumn('Events'), shareColumn(top), errorColumn(overall)]}
      />
      <TopPanel
        title="Providers"
        head="Provider"
        by="provider_name"
        columns={() => [countColumn('Events'), errorColumn(overall), averageColumn]}
      />
    </div>
  );
}

interface TopPanelProps {
  title: string;
  head: string;
  by: 'event_name' | 'app_version' | 'provider_name';
  columns: (top: Top) => readonly TopColumn[];
}

function TopPanel({ title, head, by, columns }: TopPanelProps) {
  const { params } = useWindow();
  const { to } = useAddress();
  const query = useQuery<Top>('/api/v1/stats/top', { by, limit: SHOWN, ...params });
  return (
    <Panel title={title}>
      <Loaded query={query} height={SHOWN * ROW_PX}>
        {(top) => (
          <TopList
            head={head}
            caption={title}
            top={top}
            columns={columns(top)}
            hrefOf={(value) => to('/explore', { [by]: value })}
          />
        )}
      </Loaded>
    </Panel>
  );
}
