import { afterEach, expect, it } from 'vitest';
import { anEvent } from '../support/api.js';
import { useDashboard } from './support/dashboard.js';
import { eventually } from './support/eventually.js';
import { untilLoaded } from './support/loaded.js';
import { eventsOf, postEvents } from './support/records.js';
import { tileValue } from './support/seen.js';

const COUNT = 20;
const dashboard = useDashboard({ seed: (api) => postEvents(api, eventsOf({ count: COUNT, overHours: 20 })) });

afterEach(async () => {
  // What a test took away is there for the next.
  if (dashboard.server.process.exitCode !== null) await dashboard.start();
});

it('keeps what it knows while the server is away, says so, and catches up by itself', async () => {
  const page = await dashboard.visit('/');
  await untilLoaded(page, 'Overview');
  await dashboard.stop();
  const stoppedAt = timeOfDay();
  // The newest answer is a second old at least: "now" and "then" differ.
  await eventually(() => expect(timeOfDay() > stoppedAt).toBe(true));
  await page.getByRole('button', { name: 'Refresh' }).click();
  const fault = page.getByRole('alert').filter({ hasText: 'cannot be reached' });
  const tile = page.getByRole('group', { name: 'Events', exact: true });
  await fault.waitFor();
  await eventually(async () => {
    for (const told of [fault, tile, page.locator('.refresh')]) {
      const [time] = /\d\d:\d\d:\d\d/.exec(await told.evaluate(textAndTitles)) ?? [];
      expect(time && time <= stoppedAt).toBe(true);
    }
  });
  // One fault is told once, however many panels ran into it.
  expect(await page.getByText('cannot be reached').count()).toBe(1);
  expect(await tileValue(page, 'Events')).toBe(String(COUNT));
  await dashboard.start();
  await postEvents(dashboard.api, [anEvent()]);
  await eventually(async () => {
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(await tile.innerText()).not.toContain('As of');
    expect(await tileValue(page, 'Events')).toBe(String(COUNT + 1));
  });
});

const timeOfDay = () => new Date().toISOString().slice(11, 19);

const textAndTitles = (element: { outerHTML: string }) => element.outerHTML;

it('says what failed where there is nothing to show yet, and tries again when asked', async () => {
  const page = await dashboard.visit('/explore');
  await untilLoaded(page, 'Explore');
  await dashboard.stop();
  await page.getByRole('radio', { name: /^Week/ }).check({ force: true });
  const failure = page.getByRole('alert').filter({ hasText: 'cannot be reached' });
  await failure.waitFor();
  await dashboard.start();
  await failure.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('table', { name: 'Events' }).waitFor();
});

it('goes on with the tail where it was: nothing that was stored meanwhile is missed', async () => {
  // As it stops, it says so to whoever connects again at once.
  dashboard.allow(/^503 /);
  const page = await dashboard.visit('/live');
  await page.getByText('Waiting for events').waitFor();
  await postEvents(dashboard.api, [anEvent({ event_name: 'before it went' })]);
  await page.getByRole('cell', { name: 'before it went', exact: true }).waitFor();
  await dashboard.stop();
  await page.getByText('Reconnecting…').waitFor();
  await dashboard.start();
  await postEvents(dashboard.api, [anEvent({ event_name: 'when it was back' })]);
  await page.getByRole('cell', { name: 'when it was back', exact: true }).waitFor();
  expect(await page.getByRole('cell', { name: 'before it went', exact: true }).count()).toBe(1);
});

it('shows the log-in form where a session has ended meanwhile', async () => {
  dashboard.allow(/^401 /);
  const page = await dashboard.visit('/');
  await untilLoaded(page, 'Overview');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByLabel('API key').waitFor();
  await page.getByText('Your session has ended').waitFor();
});

it('lets in without a key where the server does', async () => {
  await dashboard.stop();
  await dashboard.start({ ANONYMOUS_SCOPES: 'query' });
  const page = await dashboard.visit('/', { as: false });
  await untilLoaded(page, 'Overview');
  await page.getByText('No key').waitFor();
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByLabel('API key').waitFor();
});
