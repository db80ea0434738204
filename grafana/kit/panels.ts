import { PanelBuilder as BarGaugeBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type DataSourceRef,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** What every panel has. */
export interface PanelOf {
  title: string;
  /** Said where the title does not tell what exactly is counted. */
  about?: string;
  datasource: DataSourceRef;
  queries: readonly Builder<Dataquery>[];
  /** Columns of the 24 that a row has. */
  width: number;
  /** Of Grafana: `short`, `ms`, `percentunit`, `reqps`, … */
  unit?: string;
}

const STAT_HEIGHT = 4;
const CHART_HEIGHT = 8;
/** A query of points asks for no finer ones: the rollups have none. */
const FINEST = '1m';

interface CommonBuilder<Self> {
  title(title: string): Self;
  description(text: string): Self;
  datasource(ref: DataSourceRef): Self;
  height(rows: number): Self;
  span(columns: number): Self;
  unit(unit: string): Self;
  targets(queries: Builder<Dataquery>[]): Self;
}

function begun<Self extends CommonBuilder<Self>>(builder: Self, panel: PanelOf, height: number): Self {
  const { title, about, datasource, queries, width, unit } = panel;
  const common = builder
    .title(title)
    .datasource(datasource)
    .height(height)
    .span(width)
    .targets([...queries]);
  const described = about === undefined ? common : common.description(about);
  return unit === undefined ? described : described.unit(unit);
}

/** Numbers from which on it is yellow, and red. */
export type Limits = readonly [yellow: number, red: number];

function thresholds(limits: Limits | undefined): ThresholdsConfigBuilder {
  const steps = [{ value: null, color: 'green' }];
  const more = (limits ?? []).map((value, k) => ({ value, color: ['yellow', 'red'][k] }));
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps, ...more]);
}

/** One number. */
export function stat(panel: PanelOf & { limits?: Limits; decimals?: number }): StatBuilder {
  const builder = begun(new StatBuilder(), panel, STAT_HEIGHT)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .colorMode(panel.limits ? BigValueColorMode.Value : BigValueColorMode.None)
    .graphMode(BigValueGraphMode.None)
    .thresholds(thresholds(panel.limits));
  return panel.decimals === undefined ? builder : builder.decimals(panel.decimals);
}

/** Lines over time, or bars stacked on each other where they add up. */
export function chart(panel: PanelOf & { stacked?: boolean; max?: number }): TimeseriesBuilder {
  const builder = begun(new TimeseriesBuilder(), panel, CHART_HEIGHT)
    .interval(FINEST)
    .min(0)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .showPoints(VisibilityMode.Never);
  const bounded = panel.max === undefined ? builder : builder.max(panel.max);
  if (!panel.stacked) return bounded.fillOpacity(10);
  return bounded
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(60)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/** A bar for each row of the answer: its first column names it, its second is how long it is. */
export function bars(panel: PanelOf): BarGaugeBuilder {
  return begun(new BarGaugeBuilder(), panel, CHART_HEIGHT)
    .reduceOptions(new ReduceDataOptionsBuilder().values(true).calcs([]))
    .thresholds(thresholds(undefined))
    .min(0);
}

/** The answer as it is. `units` are of columns by name. */
export function table(panel: PanelOf & { units?: Record<string, string>; tall?: boolean }): TableBuilder {
  const builder = begun(new TableBuilder(), panel, panel.tall ? 12 : CHART_HEIGHT);
  for (const [column, unit] of Object.entries(panel.units ?? {})) {
    builder.overrideByName(column, [{ id: 'unit', value: unit }]);
  }
  return builder;
}
