import type { ComponentChildren } from 'preact';
import type { Top, TopValue } from '../api/answers.js';
import { compact, count, percent } from '../format.js';
import { shareOf, standsOut, type Share } from '../significance.js';
import { spelled } from '../unseen.js';
import { Name } from './name.js';
import { Empty } from './states.js';

export interface TopColumn {
  head: string;
  /** Read on hover and aloud where the head is short. */
  title?: string;
  cell: (value: TopValue) => ComponentChildren;
  /** Left out on phones. */
  wideOnly?: boolean;
}

interface TopListProps {
  /** What the values are: the head of the first column and, with the table's name, what is read aloud. */
  head: string;
  caption: string;
  top: Top;
  columns: readonly TopColumn[];
  /** What a row's bar shows the share of; default: count. */
  measure?: (value: TopValue) => number;
  /** Where a value leads to. */
  hrefOf?: (value: string) => string;
}

const classOf = ({ wideOnly }: TopColumn) => (wideOnly ? 'number wide-only' : 'number');

/** The most frequent values, each over a bar of its size. */
export function TopList({
  head,
  caption,
  top,
  columns,
  measure = ({ count: n }) => n,
  hrefOf,
}: TopListProps) {
  if (top.values.length === 0) return <Empty title="No data in this time range" />;
  const most = Math.max(...top.values.map(measure), Number.MIN_VALUE);
  return (
    <div class="table-scroll">
      <table class="table top-list">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            {columns.map((column) => (
              <th key={column.head} scope="col" class={classOf(column)} title={column.title}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {top.values.map((value) => (
            <tr key={value.value}>
              <th scope="row" title={spelled(value.value)}>
                <span class="top-bar" style={{ width: `${(measure(value) / most) * 100}%` }} />
                <Value value={value.value} hrefOf={hrefOf} />
              </th>
              {columns.map((column) => (
                <td key={column.head} class={classOf(column)}>
                  {column.cell(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// What no filter can ask for is no link: nothing given, and what the server did not tell apart.
function Value({ value, hrefOf }: Pick<TopListProps, 'hrefOf'> & { value: string }) {
  if (value === '') return <span class="top-name muted">(not set)</span>;
  const name = <Name text={value} />;
  if (value === '(other)' || !hrefOf) return <span class="top-name">{name}</span>;
  return (
    <a class="top-name" href={hrefOf(value)}>
      {name}
    </a>
  );
}

export const countColumn = (head: string): TopColumn => ({
  head,
  cell: (value) => <span title={count(value.count)}>{compact(value.count)}</span>,
});

export const shareColumn = ({ total }: Top): TopColumn => ({
  head: 'Share',
  cell: (value) => percent((value.count / Math.max(total, 1)) * 100),
});

/** Errors as a count alone: for values whose share of errors tells what they are rather than how they do. */
export const errorCountColumn: TopColumn = {
  head: 'Errors',
  cell: ({ errors }) => <span title={count(errors)}>{compact(errors)}</span>,
};

/** Errors, and their share; marked where that is well above the `overall` one of the window, by enough records to tell. */
export function errorColumn(overall: Share | undefined): TopColumn {
  return {
    head: 'Errors',
    title: overall && `Errors, and their share: ${percent(shareOf(overall) * 100)} overall`,
    cell: (value) => <ErrorCount share={{ hits: value.errors, of: value.count }} overall={overall} />,
  };
}

function ErrorCount({ share, overall }: { share: Share; overall: Share | undefined }) {
  const marked = overall !== undefined && standsOut(share, overall);
  return (
    <span
      class={marked ? 'top-errors top-bad' : 'top-errors'}
      title={`${count(share.hits)} of ${count(share.of)}`}
    >
      {compact(share.hits)}
      <span class="top-share">{share.hits > 0 && percent(shareOf(share) * 100)}</span>
      {marked && <span class="visually-hidden"> above the overall rate</span>}
    </span>
  );
}
