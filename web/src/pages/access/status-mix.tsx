import type { Top } from '../../kit/api/answers.js';
import { useQuery } from '../../kit/api/use-query.js';
import { millis } from '../../kit/format.js';
import { Loaded, Panel } from '../../kit/ui/panel.js';
import { countColumn, shareColumn, TopList } from '../../kit/ui/top-list.js';
import { useWindow } from '../../kit/use-window.js';

const SHOWN = 8;

/** Which statuses the requests were answered with. */
export function StatusMix() {
  const { params } = useWindow();
  const query = useQuery<Top>('/api/v1/access/top', { by: 'status', limit: SHOWN, ...params });
  return (
    <Panel title="Status mix" span={4}>
      <Loaded query={query} height={258}>
        {(top) => (
          <TopList
            head="Status"
            caption="Status mix"
            top={top}
            columns={[
              countColumn('Requests'),
              shareColumn(top),
              { head: 'Average', title: 'Average latency', cell: ({ avg_ms: ms }) => millis(ms) },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  );
}
