import {
  EQUAL_FIELDS,
  EVENT_TYPES,
  PRIORITIES,
  type EqualField,
  type PropertyFilter,
} from '../events/event.js';
import type { ValueFilter } from '../events/value-filter.js';

export const SORT_COLUMNS = [
  'timestamp',
  'created_at',
  'event_name',
  'event_type',
  'user_id',
  'session_id',
  'app_version',
  'priority',
  'event_id',
  'id',
] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];
export const TIME_FIELDS = ['timestamp', 'created_at'] as const;
export type TimeField = (typeof TIME_FIELDS)[number];

/** The time that every count of the other pages is by: a number that leads here finds as many events. */
const USUAL_TIME: TimeField & SortColumn = 'timestamp';

/** What Explore asks for, but for the window of time. Texts are as typed; an empty one asks for nothing. */
export interface ExploreQuestion {
  fields: Record<EqualField, string>;
  properties: readonly PropertyFilter[];
  /** Whatever the window of the address bar is. */
  anyTime: boolean;
  timeField: TimeField;
  sortBy: SortColumn;
  ascending: boolean;
}

const PROPERTY = 'prop.';
const OWN: readonly string[] = [...EQUAL_FIELDS, 'time', 'time_field', 'sort_by', 'sort_order'];
const MAX_DEPTH = 32;
const MAX_LENGTHS: Partial<Record<EqualField, number>> = { event_name: 100, app_version: 50 };
const MAX_LENGTH = 255;

/** Reads the address bar. What is not in it, or no choice of the form's, is left at its default. */
export function questionOf(params: URLSearchParams): ExploreQuestion {
  const fields = Object.fromEntries(EQUAL_FIELDS.map((name) => [name, params.get(name) ?? '']));
  const properties = new Map<string, string>();
  for (const [name, value] of params) {
    if (name.startsWith(PROPERTY) && name !== PROPERTY) properties.set(name.slice(PROPERTY.length), value);
  }
  return {
    fields: {
      ...(fields as ExploreQuestion['fields']),
      event_type: oneOf(EVENT_TYPES, params.get('event_type')) ?? '',
      priority: oneOf(PRIORITIES, params.get('priority')) ?? '',
    },
    properties: Array.from(properties, ([path, value]) => ({ path, value })),
    anyTime: params.get('time') === 'any',
    timeField: oneOf(TIME_FIELDS, params.get('time_field')) ?? USUAL_TIME,
    sortBy: oneOf(SORT_COLUMNS, params.get('sort_by')) ?? USUAL_TIME,
    ascending: params.get('sort_order')?.toLowerCase() === 'asc',
  };
}

/** As `/logs/filter` takes it. Both times are named: its own default is another. */
export function filterParams(question: ExploreQuestion): [name: string, value: string][] {
  return [
    ...filtersOf(question),
    ['time_field', question.timeField],
    ['sort_by', question.sortBy],
    ...orderParams(question),
  ];
}

// As the address bar has it, with this page's defaults left out.
function addressParams(question: ExploreQuestion): [name: string, value: string][] {
  const params = filtersOf(question);
  if (question.timeField !== USUAL_TIME) params.push(['time_field', question.timeField]);
  if (question.sortBy !== USUAL_TIME) params.push(['sort_by', question.sortBy]);
  params.push(...orderParams(question));
  if (question.anyTime) params.push(['time', 'any']);
  return params;
}

const orderParams = ({ ascending }: ExploreQuestion): [name: string, value: string][] =>
  ascending ? [['sort_order', 'asc']] : [];

/** The filters that narrow, by their names. */
export function filtersOf({ fields, properties }: ExploreQuestion): [name: string, value: string][] {
  const given = EQUAL_FIELDS.filter((name) => fields[name] !== '');
  return [
    ...given.map((name): [string, string] => [name, fields[name]]),
    ...properties
      .filter(({ path }) => path !== '')
      .map(({ path, value }): [string, string] => [PROPERTY + path, value]),
  ];
}

/** `url` (path and query) with this question in it; what is not of the question stays. */
export function addressOf(url: string, question: ExploreQuestion): string {
  const { pathname, searchParams } = new URL(url, 'http://-');
  const others = Array.from(searchParams).filter(([name]) => !isQuestionParam(name));
  const text = new URLSearchParams([...others, ...addressParams(question)]).toString();
  return text === '' ? pathname : `${pathname}?${text}`;
}

function isQuestionParam(name: string): boolean {
  return name.startsWith(PROPERTY) || OWN.includes(name);
}

/** The question with its window of the other time; an order by time goes along. */
export function withTimeField(question: ExploreQuestion, timeField: TimeField): ExploreQuestion {
  const byTime = oneOf(TIME_FIELDS, question.sortBy) !== undefined;
  return { ...question, timeField, sortBy: byTime ? timeField : question.sortBy };
}

/** The question narrowed to a value: that of the same field or path is replaced. */
export function withFilter(question: ExploreQuestion, { name, value }: ValueFilter): ExploreQuestion {
  if (!isPropertyName(name)) return { ...question, fields: { ...question.fields, [name]: value } };
  const path = name.slice(PROPERTY.length);
  const others = question.properties.filter((filter) => filter.path !== path && filter.path !== '');
  return { ...question, properties: [...others, { path, value }] };
}

/** The question without one of its filters. */
export function withoutFilter(question: ExploreQuestion, name: string): ExploreQuestion {
  if (!isPropertyName(name)) return { ...question, fields: { ...question.fields, [name]: '' } };
  const path = name.slice(PROPERTY.length);
  return { ...question, properties: question.properties.filter((filter) => filter.path !== path) };
}

/** What the server would refuse: messages by the name of the parameter, or `prop.` and the index of a line of the form. */
export function problemsOf({ fields, properties }: ExploreQuestion): Map<string, string> {
  const problems = new Map<string, string>();
  for (const name of EQUAL_FIELDS) {
    const most = MAX_LENGTHS[name] ?? MAX_LENGTH;
    // Code units, as the server counts them.
    if (fields[name].length > most) problems.set(name, `Use at most ${most} characters.`);
  }
  const paths = properties.map(({ path }) => path);
  for (const [i, path] of paths.entries()) {
    const problem =
      problemOfPath(path) ?? (paths.indexOf(path) < i ? 'This path is already used above.' : null);
    if (path !== '' && problem) problems.set(`${PROPERTY}${i}`, problem);
    if (path === '' && properties[i].value !== '')
      problems.set(`${PROPERTY}${i}`, 'Enter a path within properties.');
  }
  return problems;
}

function problemOfPath(path: string): string | null {
  const names = path.split('.');
  if (names.includes('')) return 'Use names joined by dots, such as cart.items.';
  return names.length > MAX_DEPTH ? `Use at most ${MAX_DEPTH} levels.` : null;
}

function isPropertyName(name: string): name is `prop.${string}` {
  return name.startsWith(PROPERTY);
}

function oneOf<T extends string>(choices: readonly T[], text: string | null): T | undefined {
  return choices.find((choice) => choice === text);
}
