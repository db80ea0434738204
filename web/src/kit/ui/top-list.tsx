import type { ComponentChildren } from 'preact';
import type { Top, TopValue } from '../api/answers.js';
import { compact, count, percent } from '../format.js';
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

const STANDS_OUT = 1.5;

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
  if (top.values.length === 0) return <Empty title="Nothing in this time" />;
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
  if (value === '') return <span class="top-name muted">none given</span>;
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

const errorShare = ({ errors, count: all }: TopValue) => (errors / Math.max(all, 1)) * 100;

/** Share of errors; marked where it stands out among the values that are shown. */
export function errorColumn({ values }: Top): TopColumn {
  const shares = values.map(errorShare).sort((a, b) => a - b);
  const usual = shares[shares.length >> 1] ?? 0;
  const standsOut = (share: number) => share >= 1 && share >= usual * STANDS_OUT;
  return {
    head: 'Errors',
    title: 'Share of errors',
    cell: (value) => {
      const share = errorShare(value);
      return (
        <span
          class={standsOut(share) ? 'top-bad' : undefined}
          title={`${count(value.errors)} of ${count(value.count)}`}
        >
          {percent(share)}
        </span>
      );
    },
  };
}
