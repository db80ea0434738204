import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/time.js';
import { useDashboard, type VisitOptions } from './support/dashboard.js';
import { eventually } from './support/eventually.js';
import { untilLoaded } from './support/loaded.js';
import { entriesOf, eventsOf, postEntries, postEvents, type TestEvent } from './support/records.js';
import { frequencies, numberOf, percentileOf, tableCells, tileValue } from './support/seen.js';

const today = eventsOf({ count: 120, overHours: 24 });
const dayBefore = eventsOf({ count: 60, overHours: 24, hoursAgo: 24 });
const entries = entriesOf({ count: 120, overHours: 24 });

const dashboard = useDashboard({
  seed: async (api) => {
    await postEvents(api, [...today, ...dayBefore]);
    await postEntries(api, entries);
  },
});

async function overview(query = '', options: VisitOptions = {}): Promise<Page> {
  const page = await dashboard.visit(`/${query}`, options);
  await untilLoaded(page, 'Overview');
  return page;
}

const distinct = (values: readonly unknown[]) => new Set(values).size;
const durationsOf = (events: readonly TestEvent[]) =>
  events.flatMap(({ properties }) => properties.duration_ms ?? []);

describe('the totals', () => {
  it('are those of the events, against the period before', async () => {
    const page = await overview();
    expect(await tileValue(page, 'Events')).toBe(String(today.length));
    expect(await tileValue(page, 'Active users')).toBe(String(distinct(today.map((e) => e.user_id))));
    expect(await tileValue(page, 'Sessions')).toBe(String(distinct(today.map((e) => e.session_id))));
    expect(await tileValue(page, 'Error rate')).toBe('10%');
    expect(await tileValue(page, 'Unique IPs')).toBe(String(distinct(entries.map(({ ip }) => ip))));
    const p95 = percentileOf(durationsOf(today), 0.95);
    const shown = numberOf(await tileValue(page, 'Latency p95'));
    expect(Math.abs(shown - p95)).toBeLessThanOrEqual(p95 * 0.02 + 0.5);
    const change = page.getByRole('group', { name: 'Events', exact: true });
    expect(await change.innerText()).toContain('+100%');
    expect(await change.innerText()).toContain(`from ${dayBefore.length}`);
    const rate = page.getByRole('group', { name: 'Error rate', exact: true });
    expect(await rate.innerText()).toContain('12 of 120');
    expect(await rate.innerText()).toContain('±0 pp');
  });

  it('follow the range, which the address bar keeps over a reload', async () => {
    const page = await overview();
    await page.getByRole('radio', { name: /^Week/ }).check({ force: true });
    const both = String(today.length + dayBefore.length);
    await eventually(async () => expect(await tileValue(page, 'Events')).toBe(both));
    await eventually(async () => expect(await page.getByText('No earlier data').count()).toBe(6));
    expect(new URL(page.url()).search).toBe('?range=week');
    await page.reload();
    await untilLoaded(page, 'Overview');
    expect(await tileValue(page, 'Events')).toBe(both);
    await page.goBack();
    await eventually(async () => expect(await tileValue(page, 'Events')).toBe(String(today.length)));
  });
});

describe('the charts', () => {
  it('say in words and as a table what they show', async () => {
    const page = await overview('?range=week');
    const figure = page.getByRole('figure', { name: 'Events by type' });
    const words = await page.locator(`id=${await figure.getAttribute('aria-describedby')}`).innerText();
    for (const [type, count] of frequencies([...today, ...dayBefore].map((e) => e.event_type))) {
      expect(words).toContain(`${type}: ${count} in total`);
    }
    await page.getByRole('button', { name: 'Events by type as a table' }).click();
    const rows = await tableCells(page.getByRole('region', { name: 'Events by type' }).getByRole('table'));
    const sumOf = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
    const parts = rows.map(([, ...counts]) => counts.slice(0, -1).map(numberOf));
    expect(rows.map((cells) => numberOf(cells.at(-1)!))).toEqual(parts.map(sumOf));
    expect(sumOf(parts.flat())).toBe(numberOf(await tileValue(page, 'Events')));
    for (const name of ['Active users and sessions', 'Error rate', 'Latency']) {
      await page.getByRole('figure', { name, exact: true }).waitFor();
    }
  });

  it('come in the interval that is chosen, which the address bar keeps, and say what is not whole', async () => {
    // it ends, and so begins, within one of its intervals, which a window up to now only mostly does
    const to = Math.floor(Date.now() / (3 * HOUR_MS)) * 3 * HOUR_MS - 40 * 60_000;
    const window = [to - 24 * HOUR_MS, to].map((ms) => new Date(ms).toISOString());
    const page = await overview(`?from=${window[0]}&to=${window[1]}`);
    const interval = page.getByLabel('Interval', { exact: true });
    await interval.selectOption('3 h');
    await page.waitForURL(/interval=3h/);
    await page.reload();
    await untilLoaded(page, 'Overview');
    expect(await interval.inputValue()).toBe('3h');
    await page.getByRole('button', { name: 'Events by type as a table' }).click();
    const table = page.getByRole('region', { name: 'Events by type' }).getByRole('table');
    const times = (await tableCells(table)).map(([time]) => time);
    expect(times.length).toBeGreaterThanOrEqual(8);
    expect(times.every((time) => /, \d\d:00 – \d\d:00( \(|$)/.test(time))).toBe(true);
    expect([times[0], times.at(-1)]).toEqual([
      expect.stringMatching(/\(only until \d\d:20\)$/),
      expect.stringMatching(/\(only from \d\d:20\)$/),
    ]);
    await page.getByRole('button', { name: 'Events by type as a chart' }).click();
    await page.getByRole('figure', { name: 'Events by type' }).focus();
    await page.keyboard.press('End');
    await page.getByRole('status').filter({ hasText: 'Total' }).waitFor();
    // What does not fit a window is left, and comes back with one that it fits.
    await page.getByRole('radio', { name: /^Hour/ }).check({ force: true });
    await page.getByRole('option', { name: 'Auto (1 min)' }).waitFor({ state: 'attached' });
    expect(new URL(page.url()).search).toBe('?interval=3h&range=hour');
  });

  it('narrow the window by a brush, with the pointer and by keyboard', async () => {
    const page = await overview();
    const figure = page.getByRole('figure', { name: 'Events by type' });
    const box = (await figure.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=.*to=/);
    await untilLoaded(page, 'Overview');
    const events = numberOf(await tileValue(page, 'Events'));
    expect(events).toBeGreaterThan(0);
    expect(events).toBe(eventsWithin(page.url()));

    await figure.focus();
    for (const key of ['Home', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Enter'])
      await page.keyboard.press(key);
    await eventually(async () => {
      const narrower = numberOf(await tileValue(page, 'Events'));
      expect(narrower).toBeLessThan(events);
      expect(narrower).toBe(eventsWithin(page.url()));
    });
    await page.getByRole('button', { name: 'Reset to the last day' }).click();
    await eventually(() => expect(new URL(page.url()).search).toBe(''));
  });

  it("show times in the browser's own zone, which is named, and the year where it is another", async () => {
    const page = await overview('?from=2024-03-01T00:00:00Z&to=2024-03-02T00:00:00Z', {
      timezone: 'Asia/Kolkata',
    });
    await page.getByText(/^Asia\/\w+ · $/).waitFor();
    await page.getByText('UTC+5:30').waitFor();
    await page.getByRole('button', { name: '1 Mar 2024, 05:30 – 2 Mar 2024, 05:30' }).click();
    await page.getByText('Times are in Asia/').waitFor();
    expect(await page.getByLabel('From: date').inputValue()).toBe('2024-03-01');
    expect(await page.getByLabel('From: time').inputValue()).toBe('05:30');
  });
});

it('ranks names, versions and providers, and leads to as many events as it counted', async () => {
  const page = await overview();
  const [name, count] = frequencies(today.map((e) => e.event_name))[0];
  const providers = new Map(frequencies(today.map((e) => e.properties.tags.provider)));
  const rows = await tableCells(page.getByRole('table', { name: 'Providers' }));
  expect(rows.map(([provider]) => provider).sort()).toEqual([...providers.keys()].sort());
  const versions = await tableCells(page.getByRole('table', { name: 'App versions' }));
  expect(versions.length).toBe(distinct(today.map((e) => e.app_version)));
  const top = page.getByRole('table', { name: 'Top events' });
  await top.getByRole('link').first().click();
  await untilLoaded(page, 'Explore');
  expect(new URL(page.url()).searchParams.get('event_name')).toBe(name);
  // All were received just now: by that time there would be those of the day before as well.
  await page.getByText(`${count} of ${count}, as of`).waitFor();
});

it('leaves its controls where they are while it loads', async () => {
  const page = await overview('', { clock: true });
  const placeOf = async () => (await page.getByRole('button', { name: 'Earlier' }).boundingBox())!;
  const before = await placeOf();
  const answer = Promise.withResolvers<void>();
  await page.route('**/api/v1/stats?*', async (route) => {
    await answer.promise;
    await route.continue();
  });
  // What a range is compared with is the same within a minute: it refreshes, and asks for the minute that follows.
  await page.clock.fastForward(60_000);
  await page.getByText('Loading…').waitFor();
  expect(await placeOf()).toEqual(before);
  answer.resolve();
  await page.getByText(/^Updated /).waitFor();
  expect(await placeOf()).toEqual(before);
});

it('comes anew by itself, and when asked', async () => {
  const page = await overview();
  await page.getByLabel('Refresh every').selectOption({ label: '5 s' });
  const before = numberOf(await tileValue(page, 'Events'));
  await dashboard.api.post('/api/v1/ingest', { ...today[0], event_id: 'one-more', timestamp: undefined });
  await eventually(async () => expect(numberOf(await tileValue(page, 'Events'))).toBe(before + 1));
  await page.getByLabel('Refresh every').selectOption({ label: 'Off' });
  await dashboard.api.post('/api/v1/ingest', { ...today[0], event_id: 'another', timestamp: undefined });
  await page.getByRole('button', { name: 'Refresh' }).click();
  await eventually(async () => expect(numberOf(await tileValue(page, 'Events'))).toBe(before + 2));
});

function eventsWithin(url: string): number {
  const { searchParams: params } = new URL(url);
  const [from, to] = ['from', 'to'].map((name) => Date.parse(params.get(name)!));
  return today.filter(({ timestamp }) => Date.parse(timestamp) >= from && Date.parse(timestamp) < to).length;
}
