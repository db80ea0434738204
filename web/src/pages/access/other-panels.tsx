import type { Top } from '../../kit/api/answers.js';
import { useQuery } from '../../kit/api/use-query.js';
import { millis } from '../../kit/format.js';
import type { Share } from '../../kit/significance.js';
import { Loaded, Panel, type Span } from '../../kit/ui/panel.js';
import { countColumn, errorColumn, shareColumn, TopList, type TopColumn } from '../../kit/ui/top-list.js';
import { useWindow } from '../../kit/use-window.js';
import { countedNote } from './counted-note.js';

const averageColumn: TopColumn = {
  head: 'Average',
  title: 'Average latency',
  cell: ({ avg_ms: ms }) => millis(ms),
};

interface OtherPanelProps {
  title: string;
  head: string;
  by: 'ip' | 'user_agent' | 'method';
  shown: number;
  span: Span;
  columns: (top: Top) => readonly TopColumn[];
}

function OtherPanel({ title, head, by, shown, span, columns }: OtherPanelProps) {
  const window = useWindow();
  const query = useQuery<Top>('/api/v1/access/top', { by, limit: shown, ...window.params });
  return (
    <Panel title={title} note={query.data && countedNote(query.data, window, Date.now())} span={span}>
      <Loaded query={query} height={shown * 29}>
        {(top) => <TopList head={head} caption={title} top={top} columns={columns(top)} />}
      </Loaded>
    </Panel>
  );
}

interface OverallProps {
  /** Errors of all requests in the window. */
  overall: Share | undefined;
}

/** Who asks most. */
export function Addresses({ overall }: OverallProps) {
  const columns = () => [countColumn('Requests'), errorColumn(overall)];
  return <OtherPanel title="Top IPs" head="Address" by="ip" shown={10} span={4} columns={columns} />;
}

export function Agents({ overall }: OverallProps) {
  const columns = (top: Top) => [countColumn('Requests'), shareColumn(top), errorColumn(overall)];
  return (
    <OtherPanel title="User agents" head="User agent" by="user_agent" shown={7} span={8} columns={columns} />
  );
}

export function Methods({ overall }: OverallProps) {
  const columns = () => [countColumn('Requests'), errorColumn(overall), averageColumn];
  return <OtherPanel title="Methods" head="Method" by="method" shown={7} span={4} columns={columns} />;
}
