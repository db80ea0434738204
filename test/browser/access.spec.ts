import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { useDashboard } from './support/dashboard.js';
import { eventually } from './support/eventually.js';
import { untilLoaded } from './support/loaded.js';
import { entriesOf, postEntries, postEvents, eventsOf, type TestEntry } from './support/records.js';
import { frequencies, numberOf, percentileOf, tableCells, tileValue } from './support/seen.js';

const today = entriesOf({ count: 120, overHours: 24 });
// One took a minute: it flattens every other on a linear axis.
const dayBefore = entriesOf({ count: 30, overHours: 24, hoursAgo: 24 }).map((entry, n) =>
  n === 15 ? { ...entry, latency_ms: 60_000 } : entry,
);

const dashboard = useDashboard({
  seed: async (api) => {
    await postEntries(api, [...today, ...dayBefore]);
    await postEvents(api, eventsOf({ count: 1, overHours: 1 }));
  },
});

async function access(query = ''): Promise<Page> {
  const page = await dashboard.visit(`/access${query}`);
  await untilLoaded(page, 'Access');
  return page;
}

const isError = ({ status }: TestEntry) => status >= 400;

it('shows the totals of the entries, against the period before', async () => {
  const page = await access();
  expect(await tileValue(page, 'Requests')).toBe(String(today.length));
  expect(await tileValue(page, 'Unique IPs')).toBe(String(new Set(today.map(({ ip }) => ip)).size));
  expect(numberOf(await tileValue(page, 'Error rate'))).toBe(
    (100 * today.filter(isError).length) / today.length,
  );
  expect(await tileValue(page, 'Server errors')).toBe('10%');
  for (const [label, share] of Object.entries({ 'Latency p50': 0.5, 'Latency p95': 0.95 })) {
    const exact = percentileOf(
      today.map(({ latency_ms: ms }) => ms),
      share,
    );
    const shown = numberOf(await tileValue(page, label));
    expect(Math.abs(shown - exact)).toBeLessThanOrEqual(exact * 0.02 + 0.5);
  }
  const tile = await page.getByRole('group', { name: 'Requests', exact: true }).innerText();
  expect(tile).toContain('+300%');
});

it('draws requests by status, errors, latency and addresses over time', async () => {
  const page = await access();
  const figure = page.getByRole('figure', { name: 'Requests by status' });
  const words = await page.locator(`id=${await figure.getAttribute('aria-describedby')}`).innerText();
  for (const [kind, count] of frequencies(today.map(({ status }) => `${String(status)[0]}xx`))) {
    expect(words).toContain(`${kind}: ${count} in total`);
  }
  for (const name of ['Error rate', 'Latency', 'Unique IPs']) {
    await page.getByRole('figure', { name, exact: true }).waitFor();
  }
  const mix = await tableCells(page.getByRole('table', { name: 'Status mix' }));
  expect(mix.map(([status, count]) => [status, Number(count)])).toEqual(
    expect.arrayContaining(frequencies(today.map(({ status }) => String(status)))),
  );
});

it('draws latencies on a logarithmic scale where one flattens the rest, unless that is not wanted', async () => {
  const page = await access('?range=week');
  const scale = page.getByRole('button', { name: 'Log scale' });
  expect(await scale.getAttribute('aria-pressed')).toBe('true');
  await scale.click();
  await eventually(async () => expect(await scale.getAttribute('aria-pressed')).toBe('false'));
  await page.getByRole('radio', { name: /^Day/ }).check({ force: true });
  await eventually(async () => expect(await scale.count()).toBe(0));
});

it('ranks paths by use, failures and time, and addresses by use', async () => {
  const page = await access('?range=week');
  const all = [...today, ...dayBefore];
  const paths = () => tableCells(page.getByRole('table', { name: 'Paths' }));
  const requested = frequencies(all.map(({ path }) => path));
  expect(new Map((await paths()).map(([path, count]) => [path, Number(count)]))).toEqual(new Map(requested));

  const failures = new Map(frequencies(all.filter(isError).map(({ path }) => path)));
  for (const [path, count, errors] of await paths()) {
    const share = (100 * failures.get(path)!) / Number(count);
    expect(errors).toBe(`${failures.get(path)}${Number(share.toFixed(share < 10 ? 2 : 1))}%`);
  }
  // These fail about as often as requests do overall; of the agents one has all the errors.
  const marked = (name: string) =>
    page.getByRole('table', { name }).locator('tr', { hasText: 'above the overall' });
  expect(await marked('Paths').count()).toBe(0);
  expect(await marked('User agents').getByRole('rowheader').allInnerTexts()).toEqual(['curl/8.14.1']);
  await page.getByRole('radio', { name: /^Failing/ }).check({ force: true });
  await eventually(async () => {
    const shown = (await paths()).map(([path]) => failures.get(path));
    expect(shown).toEqual([...failures.values()].sort((a, b) => b - a));
  });

  const longest = (path: string) =>
    Math.max(...all.filter((entry) => entry.path === path).map(({ latency_ms: ms }) => ms));
  await page.getByRole('radio', { name: /^Longest/ }).check({ force: true });
  await eventually(async () => {
    const shown = (await paths()).map(([path]) => longest(path));
    expect(shown).toEqual([...shown].sort((a, b) => b - a));
    expect(shown[0]).toBe(Math.max(...all.map(({ latency_ms: ms }) => ms)));
  });

  const addresses = await tableCells(page.getByRole('table', { name: 'Top IPs' }));
  const most = frequencies(all.map(({ ip }) => ip));
  expect(addresses.map(([, count]) => Number(count))).toEqual(most.slice(0, 10).map(([, count]) => count));
});

it('narrows to another window, which the address bar keeps', async () => {
  const page = await access('?range=hour');
  const lastHour = today.filter(({ timestamp }) => Date.parse(timestamp) >= Date.now() - 3_600_000).length;
  expect(await tileValue(page, 'Requests')).toBe(String(lastHour));
  await page.getByRole('button', { name: 'Custom' }).click();
  const form = page.getByRole('form', { name: 'Custom time range' });
  const fill = async (label: string, hoursAgo: number) => {
    const moment = new Date(Date.now() - hoursAgo * 3_600_000).toISOString();
    await form.getByLabel(`${label}: date`).fill(moment.slice(0, 10));
    await form.getByLabel(`${label}: time`).fill(moment.slice(11, 16));
  };
  await fill('From', 20);
  await fill('To', 30);
  await form.getByText('The end must be after the start').waitFor();
  await fill('To', 10);
  await page.keyboard.press('Enter');
  await page.waitForURL(/from=.*to=/);
  await page.reload();
  await untilLoaded(page, 'Access');
  const [from, to] = ['from', 'to'].map((name) => Date.parse(new URL(page.url()).searchParams.get(name)!));
  const within = today.filter(({ timestamp: at }) => Date.parse(at) >= from && Date.parse(at) < to).length;
  expect(await tileValue(page, 'Requests')).toBe(String(within));
});
