import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/dashboard';

/** A query of Grafana's SQL datasources, which the SDK has no type for. */
interface SqlDataquery extends Dataquery {
  refId: string;
  datasource: DataSourceRef;
  editorMode: 'code';
  format: 'table' | 'time_series';
  rawQuery: true;
  rawSql: string;
}

/** SQL as it is written here, without the indentation of the source. */
export class SqlQuery implements Builder<Dataquery> {
  constructor(
    private readonly datasource: DataSourceRef,
    private readonly format: SqlDataquery['format'],
    private readonly sql: string,
    private readonly refId = 'A',
  ) {}

  build(): SqlDataquery {
    return {
      refId: this.refId,
      datasource: this.datasource,
      editorMode: 'code',
      format: this.format,
      rawQuery: true,
      rawSql: unindented(this.sql),
      _implementsDataqueryVariant: () => undefined,
    };
  }
}

function unindented(sql: string): string {
  const lines = sql.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(indent).trimEnd()).join('\n');
}
