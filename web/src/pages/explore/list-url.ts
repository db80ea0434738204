import { filterParams, type ExploreQuestion } from './explore-question.js';

const PAGE_SIZE = 100;

/** The window of time that a list was asked for. It ends where the counts of the other pages do. */
export interface ListWindow {
  fromMs: number;
  toMs: number;
}

type Pairs = [name: string, value: string][];

/** The first page of what is asked for; those after it differ by their cursor only. */
export function pageUrl(
  question: ExploreQuestion,
  window: ListWindow,
  project: string | undefined,
  cursor: string | null,
): string {
  const page: Pairs = [['page_size', String(PAGE_SIZE)]];
  // The whole is counted once: it costs more than a page does.
  if (cursor !== null) page.push(['cursor', cursor], ['count', 'none']);
  return urlOf('/api/v1/logs/filter', [...asked(question, window, project), ...page]);
}

/** The same events, all of them, as a file. */
export function exportUrl(
  question: ExploreQuestion,
  window: ListWindow,
  project: string | undefined,
  format: 'ndjson' | 'csv',
): string {
  return urlOf('/api/v1/logs/export', [...asked(question, window, project), ['format', format]]);
}

function asked(question: ExploreQuestion, { fromMs, toMs }: ListWindow, project: string | undefined): Pairs {
  const pairs = filterParams(question);
  if (!question.anyTime) {
    pairs.push(['start_time', new Date(fromMs).toISOString()], ['end_time', new Date(toMs).toISOString()]);
  }
  if (project !== undefined) pairs.push(['project', project]);
  return pairs;
}

function urlOf(path: string, pairs: Pairs): string {
  return `${path}?${new URLSearchParams(pairs).toString()}`;
}
