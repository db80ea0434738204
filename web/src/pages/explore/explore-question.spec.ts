import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressOf,
  filterParams,
  filtersOf,
  problemsOf,
  questionOf,
  SORT_COLUMNS,
  withFilter,
  withoutFilter,
  withTimeField,
  type ExploreQuestion,
} from './explore-question.js';

const ask = (search: string) => questionOf(new URLSearchParams(search));
const search = (question: ExploreQuestion) => addressOf('/explore', question).slice('/explore?'.length);

describe('the question of Explore', () => {
  it('is all events, newest first, by default', () => {
    expect(ask('')).toMatchObject({
      properties: [],
      timeField: 'timestamp',
      sortBy: 'timestamp',
      ascending: false,
    });
    expect(addressOf('/explore', ask(''))).toBe('/explore');
  });

  it('names both times to the server, whose default is another than the counts of the pages', () => {
    expect(filterParams(ask('user_id=u'))).toEqual([
      ['user_id', 'u'],
      ['time_field', 'timestamp'],
      ['sort_by', 'timestamp'],
    ]);
    expect(filterParams(ask('time_field=created_at&sort_order=asc'))).toEqual([
      ['time_field', 'created_at'],
      ['sort_by', 'timestamp'],
      ['sort_order', 'asc'],
    ]);
  });

  it('orders by the time that its window is of, unless it orders by something else', () => {
    expect(withTimeField(ask(''), 'created_at')).toMatchObject({ sortBy: 'created_at' });
    expect(withTimeField(ask('sort_by=user_id'), 'created_at')).toMatchObject({
      timeField: 'created_at',
      sortBy: 'user_id',
    });
  });

  it.each([
    'event_type=error&event_name=%3Cimg+onerror%3E&user_id=u&session_id=s&app_version=1&priority=high&provider_name=acme',
    'prop.cart.items=5&prop.a%26b=&prop.__proto__=x',
    'event_name=tap&prop.n=1&time_field=created_at&sort_by=user_id&sort_order=asc&time=any',
  ])('goes into the address bar and back: %s', (text) => {
    expect(search(ask(text))).toBe(text);
  });

  it('ignores what is no choice, and what is not its own', () => {
    const question = ask(
      'event_type=odd&priority=urgent&sort_by=x&time_field=y&sort_order=DOWN&project=shop&prop.=1',
    );
    expect(question).toEqual(ask(''));
  });

  it('leaves the rest of the address as it is', () => {
    const url = '/explore?project=shop&prop.a=1&range=week&time=any&user_id=u';
    expect(addressOf(url, ask('event_name=tap'))).toBe('/explore?project=shop&range=week&event_name=tap');
  });

  it('survives any text', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(
        text,
        fc.dictionary(
          text.filter((path) => path !== ''),
          text,
        ),
        fc.constantFrom(...SORT_COLUMNS),
        (name, props, sortBy) => {
          const properties = Object.entries(props).map(([path, value]) => ({ path, value }));
          const empty = ask('');
          const question = { ...empty, fields: { ...empty.fields, event_name: name }, properties, sortBy };
          expect(ask(search(question))).toEqual(question);
        },
      ),
    );
  });

  it('is narrowed by a click on a value, and widened again', () => {
    const narrowed = withFilter(withFilter(ask('prop.n=1&event_name=a'), { name: 'prop.n', value: '2' }), {
      name: 'event_name',
      value: 'b',
    });
    expect(filtersOf(narrowed)).toEqual([
      ['event_name', 'b'],
      ['prop.n', '2'],
    ]);
    expect(filtersOf(withoutFilter(withoutFilter(narrowed, 'prop.n'), 'event_name'))).toEqual([]);
  });

  it('names what the server would refuse', () => {
    const question = ask(`event_name=${'n'.repeat(101)}&user_id=${'u'.repeat(255)}`);
    const properties = ['a.b', 'a..b', 'a.b', '', Array(33).fill('a').join('.')].map((path) => ({
      path,
      value: '1',
    }));
    expect([...problemsOf({ ...question, properties }).keys()]).toEqual([
      'event_name',
      'prop.1',
      'prop.2',
      'prop.3',
      'prop.4',
    ]);
    expect(
      problemsOf({ ...question, fields: ask('').fields, properties: [{ path: '', value: '' }] }).size,
    ).toBe(0);
  });
});
