import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  /** Of the head cell, and the column's key. */
  head: string;
  cell: (row: Row) => ComponentChildren;
  /** Numbers stand right. */
  number?: boolean;
  /** Left out where the page is as narrow as a phone. */
  wideOnly?: boolean;
}

interface DataTableProps<Row> {
  /** Read aloud as the table's name. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
}

/** Rows of a few columns; the first names the row. Scrolls sideways within itself where it must. */
export function DataTable<Row>({ caption, columns, rows, keyOf }: DataTableProps<Row>) {
  const classOf = ({ number, wideOnly }: Column<Row>) =>
    [number && 'number', wideOnly && 'wide-only'].filter(Boolean).join(' ');
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={caption}>
      <table class="table">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" class={classOf(column)}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.head} scope="row" class={classOf(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.head} class={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
