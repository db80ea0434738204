import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Query } from '../api/use-query.js';
import { IconButton } from '../ui/button.js';
import { Loaded, Panel, type Span } from '../ui/panel.js';
import { Empty } from '../ui/states.js';
import { useWindow } from '../use-window.js';
import type { ChartData } from './chart-data.js';
import { TimeChart } from './time-chart.js';
import type { Unit } from './unit.js';

interface ChartPanelProps<T> {
  title: string;
  note?: ComponentChildren;
  span?: Span;
  query: Query<T>;
  /** Must be a stable function: it is called once for each answer. */
  chartOf: (answer: T) => ChartData;
  isEmpty: (answer: T) => boolean;
  kind: 'bars' | 'lines';
  unit: Unit;
  height?: number;
  leastMax?: number;
}

/** A panel with a chart of the chosen window, that a brush narrows, and the same as a table. */
export function ChartPanel<T>(props: ChartPanelProps<T>) {
  const { title, note, span, query, isEmpty, height = 180 } = props;
  const [asTable, setAsTable] = useState(false);
  const toggle = (
    <IconButton
      icon={asTable ? 'chart' : 'table'}
      label={asTable ? `Show ${title} as a chart` : `Show ${title} as a table`}
      onClick={() => setAsTable(!asTable)}
    />
  );
  return (
    <Panel title={title} note={note} span={span} actions={query.data !== undefined && toggle}>
      <Loaded
        query={query}
        height={height + 28}
        isEmpty={isEmpty}
        empty={<Empty title="No data in this time range" />}
      >
        {(answer) => <Drawn {...props} answer={answer} height={height} asTable={asTable} />}
      </Loaded>
    </Panel>
  );
}

type DrawnProps<T> = ChartPanelProps<T> & { answer: T; height: number; asTable: boolean };

function Drawn<T>({ title, answer, chartOf, kind, unit, height, leastMax, asTable }: DrawnProps<T>) {
  const { zoom } = useWindow();
  // The window of the answer: that of the page may have moved on, or have been chosen anew.
  const { times, stepS, series, counted } = useMemo(() => chartOf(answer), [answer, chartOf]);
  return (
    <TimeChart
      label={title}
      {...{ kind, times, stepS, series, unit, height, leastMax, asTable }}
      window={counted}
      onBrush={zoom}
    />
  );
}
