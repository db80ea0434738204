import { useState } from 'preact/hooks';
import type { Top, TopValue } from '../../kit/api/answers.js';
import { useQuery } from '../../kit/api/use-query.js';
import { millis } from '../../kit/format.js';
import type { Share } from '../../kit/significance.js';
import { Loaded, Panel } from '../../kit/ui/panel.js';
import { Segmented } from '../../kit/ui/segmented.js';
import { countColumn, errorColumn, TopList, type TopColumn } from '../../kit/ui/top-list.js';
import { useWindow } from '../../kit/use-window.js';
import { countedNote } from './counted-note.js';

const SHOWN = 10;

const ORDERS = [
  { value: 'count', label: 'Busiest', title: 'Busiest: most requests' },
  { value: 'errors', label: 'Failing', title: 'Failing: most errors' },
  { value: 'avg_ms', label: 'Slowest', title: 'Slowest: longest on average' },
  { value: 'max_ms', label: 'Longest', title: 'Longest: longest single request' },
] as const;
type Order = (typeof ORDERS)[number]['value'];

const MEASURES: Record<Order, (value: TopValue) => number> = {
  count: ({ count }) => count,
  errors: ({ errors }) => errors,
  avg_ms: ({ avg_ms: ms }) => ms ?? 0,
  max_ms: ({ max_ms: ms }) => ms ?? 0,
};

const columnsOf = (overall: Share | undefined): readonly TopColumn[] => [
  countColumn('Requests'),
  errorColumn(overall),
  { head: 'Average', title: 'Average latency', cell: ({ avg_ms: ms }) => millis(ms) },
  { head: 'Longest', title: 'Longest single request', wideOnly: true, cell: ({ max_ms: ms }) => millis(ms) },
];

/** The paths that are asked for most, fail most, or take longest. */
export function PathsPanel({ overall }: { overall: Share | undefined }) {
  const window = useWindow();
  const [order, setOrder] = useState<Order>('count');
  const query = useQuery<Top>('/api/v1/access/top', { by: 'path', order, limit: SHOWN, ...window.params });
  return (
    <Panel
      title="Paths"
      note={query.data && countedNote(query.data, window, Date.now())}
      span={8}
      actions={<Segmented label="Order of paths" choices={ORDERS} value={order} onChoose={setOrder} />}
    >
      <Loaded query={query} height={SHOWN * 29}>
        {(top) => (
          <TopList
            head="Path"
            caption="Paths"
            top={top}
            columns={columnsOf(overall)}
            measure={MEASURES[order]}
          />
        )}
      </Loaded>
    </Panel>
  );
}
