import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { useDashboard } from './support/dashboard.js';
import { eventually } from './support/eventually.js';
import { untilLoaded } from './support/loaded.js';
import { eventsOf, postEvents } from './support/records.js';

const COUNT = 250;
const dashboard = useDashboard({
  seed: (api) => postEvents(api, eventsOf({ count: COUNT, overHours: COUNT / 12 })),
});
let page: Page;

const explore = async (query = ''): Promise<void> => {
  page = await dashboard.visit(`/explore${query}`);
  await untilLoaded(page, 'Explore');
};
const events = () => page.getByRole('table', { name: 'Events' });
const rows = () => events().locator('tbody tr');
const namesShown = () => events().locator('tbody td:nth-child(3)').allTextContents();

/** What the server finds by these parameters, by the page's own time unless they name another. */
async function found(query: string): Promise<{ logs: Record<string, unknown>[]; total_count: number }> {
  const usual = { count: 'exact', limit: '1000', time_field: 'timestamp', sort_by: 'timestamp' };
  const params = new URLSearchParams({ ...usual, ...Object.fromEntries(new URLSearchParams(query)) });
  const { body } = await dashboard.api.get(`/api/v1/logs/filter?${params.toString()}`);
  return body.data as { logs: Record<string, unknown>[]; total_count: number };
}

async function expectShown(query: string): Promise<void> {
  const { logs, total_count: total } = await found(query);
  await eventually(async () => {
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject(
      Object.fromEntries(new URLSearchParams(query)),
    );
    const shown = Math.min(total, 100);
    await page.getByText(`${shown} of ${total}, as of`).waitFor({ timeout: 500 });
    expect(await namesShown()).toEqual(logs.slice(0, 100).map(({ event_name: name }) => name));
  });
}

describe('the list', () => {
  beforeEach(() => explore());

  it('goes on to the last event as one scrolls, each once, as the server orders them', async () => {
    await expectShown('');
    while (!(await page.getByText('End of results').isVisible())) await page.mouse.wheel(0, 20_000);
    expect(await rows().count()).toBe(COUNT);
    expect(await namesShown()).toEqual((await found('')).logs.map(({ event_name: name }) => name));
  });

  it('opens a row by keyboard to the whole event, filters by a value of it, and goes back', async () => {
    const toggle = events()
      .getByRole('button', { name: /http_error/ })
      .first();
    await toggle.focus();
    await page.keyboard.press('Enter');
    expect(await toggle.getAttribute('aria-expanded')).toBe('true');
    const whole = page.getByRole('group', { name: /^Event seed-/ });
    const text = await whole.innerText();
    const { body } = await dashboard.api.get(`/api/v1/events/${/seed-[\d-]+/.exec(text)![0]}`);
    expect(JSON.parse(text)).toEqual(body.data);

    await whole.getByRole('button', { name: '"home"' }).click();
    await expectShown('prop.screen=home');
    await events().getByRole('button', { name: 'user-11' }).first().click();
    await expectShown('user_id=user-11&prop.screen=home');
    await page.getByRole('button', { name: /^Remove.*screen/ }).click();
    await expectShown('user_id=user-11');
    await page.goBack();
    await page.goBack();
    await expectShown('prop.screen=home');
  });
});

describe('the form', () => {
  it('has every filter, keeps them in the address bar, and is the same after a reload', async () => {
    await explore();
    const texts = {
      'Event name': 'event_name=purchase',
      User: 'user_id=user-3',
      Session: 'session_id=session-3-0',
      'App version': 'app_version=2.4.1',
      Provider: 'provider_name=cdn',
    };
    for (const [label, filter] of Object.entries(texts)) {
      await page.getByLabel(label, { exact: true }).fill(filter.split('=')[1]);
      await page.keyboard.press('Enter');
      await expectShown(filter);
      await page.getByRole('button', { name: 'Reset' }).click();
      await eventually(() => expect(page.url()).not.toContain(filter));
    }
    await page.getByLabel('Type').selectOption('performance');
    await page.getByLabel('Priority').selectOption('normal');
    await page.getByRole('button', { name: 'Add property' }).click();
    await page.getByLabel('Path of property 1').fill('tags.provider');
    await page.getByLabel('Value of property 1').fill('api');
    await page.getByRole('button', { name: 'Search' }).click();
    const all = 'event_type=performance&priority=normal&prop.tags.provider=api';
    await expectShown(all);
    await page.reload();
    await untilLoaded(page, 'Explore');
    await expectShown(all);
    expect(await page.getByLabel('Type').inputValue()).toBe('performance');
    expect(await page.getByLabel('Value of property 1').inputValue()).toBe('api');
  });

  it('sorts, by the time of receipt too, and says where nothing was found', async () => {
    // again where an event leaves the hour meanwhile
    await eventually(async () => {
      await explore('?range=hour');
      const hourAgo = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000).toISOString();
      const { total_count: lastHour } = await found(`start_time=${hourAgo}`);
      expect(lastHour).toBeLessThan(COUNT);
      expect(await page.getByText(/^\d+ of \d+, as of/).innerText()).toContain(`${lastHour} of ${lastHour}`);
    });
    await page.getByLabel('Time range applies to').selectOption('created_at');
    await page.getByText(`100 of ${COUNT}, as of`).waitFor();
    expect(new URL(page.url()).search).toBe('?range=hour&time_field=created_at&sort_by=created_at');
    await page.getByLabel('Any time').check();
    await page.getByLabel('Sort by').selectOption('event_name');
    await page.getByLabel('Order').selectOption('asc');
    await expectShown('sort_by=event_name&sort_order=asc');

    await page.getByLabel('User', { exact: true }).fill('nobody');
    await page.keyboard.press('Enter');
    await page.getByText('No events found').waitFor();
  });

  it('says what is wrong before it asks', async () => {
    await explore();
    await page.getByRole('button', { name: 'Add property' }).click();
    await page.getByLabel('Path of property 1').fill('a..b');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('names joined by dots').waitFor();
    expect(new URL(page.url()).search).toBe('');
  });
});

it('exports just what is shown, as NDJSON and CSV', async () => {
  await explore('?event_type=error&sort_by=user_id');
  const { logs } = await found('event_type=error&sort_by=user_id');
  const exported = async (format: string): Promise<string> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: `Export as ${format}` }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`\\.${format.toLowerCase()}$`));
    return readFileSync(await download.path(), 'utf8');
  };
  const lines = (await exported('NDJSON')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(logs);
  const cells = parse<Record<string, string>>(await exported('CSV'), { columns: true });
  expect(cells.map(({ event_id: id }) => id)).toEqual(logs.map(({ event_id: id }) => id));
});
