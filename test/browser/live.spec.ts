import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { anEvent } from '../support/api.js';
import { appearedAtMs, noteAppearances } from './support/appearance.js';
import { useDashboard } from './support/dashboard.js';
import { eventually } from './support/eventually.js';
import { postEvents } from './support/records.js';

const WITHIN_MS = 1000;
const MOST_SHOWN = 200;
/** 2,000 events a second for three seconds. */
const [RUSH_BATCH, RUSH_EVERY_MS, RUSH_BATCHES] = [100, 50, 60];

const dashboard = useDashboard();

async function live(query = ''): Promise<Page> {
  const page = await dashboard.visit(`/live${query}`);
  await page.getByText('Waiting for events').waitFor();
  return page;
}

const names = (page: Page) =>
  page.getByRole('table', { name: 'Newest events' }).locator('tbody td:nth-child(3)').allTextContents();
const post = (...names: string[]) =>
  postEvents(
    dashboard.api,
    names.map((name) => anEvent({ event_name: name })),
  );

it('shows each event within a second of being stored, the newest first', async () => {
  const page = await live();
  const sent = ['first', 'second', 'third', 'fourth', 'fifth'].map((name) => `${name}_arrival`);
  await noteAppearances(page, sent);
  const took: number[] = [];
  for (const name of sent) {
    await post(name);
    const storedAtMs = Date.now();
    took.push((await appearedAtMs(page, name)) - storedAtMs);
  }
  // One may be late where the machine is busy.
  expect(took.sort((a, b) => a - b)[3]).toBeLessThanOrEqual(WITHIN_MS);
  expect(await names(page)).toEqual(sent.toReversed());
});

it('stands still during a pause, and catches up after it', async () => {
  const page = await live();
  await post('before');
  await page.getByRole('cell', { name: 'before', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await post('during', 'during too');
  await page.getByRole('button', { name: 'Resume (2 new)' }).waitFor();
  expect(await names(page)).toEqual(['before']);
  await page.getByRole('button', { name: 'Resume (2 new)' }).click();
  await eventually(async () => expect(await names(page)).toEqual(['during too', 'during', 'before']));

  await page.getByRole('button', { name: /event during$/ }).click();
  await page.getByRole('button', { name: /^Resume/ }).waitFor();
  await page.getByRole('group', { name: /^Event / }).waitFor();
});

it('narrows to what the form says, and the address bar keeps it', async () => {
  const page = await live();
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByLabel('Event name').fill('wanted');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL(/event_name=wanted/);
  await page.reload();
  await page.getByRole('button', { name: /^Remove event_name/ }).waitFor();
  await page.getByText('Waiting for events').waitFor();
  await post('unwanted', 'wanted', 'unwanted', 'wanted');
  await eventually(async () => expect(await names(page)).toEqual(['wanted', 'wanted']));
});

it('keeps a bounded number of events, and clears them', async () => {
  const page = await live();
  await post(...Array.from({ length: MOST_SHOWN + 50 }, (_, n) => `burst-${n}`));
  await page.getByText(`newest ${MOST_SHOWN}`).waitFor();
  await eventually(async () => expect((await names(page))[0]).toBe(`burst-${MOST_SHOWN + 49}`));
  expect(await names(page)).toHaveLength(MOST_SHOWN);
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByText('Waiting for events').waitFor();
});

it('is drawn at most four times a second, however much comes', async () => {
  const page = await live();
  await page.evaluate(`(() => {
    const drawings = (globalThis.drawings = []);
    new MutationObserver(() => drawings.push(performance.now())).observe(document.querySelector('main'), {
      subtree: true, childList: true, characterData: true, attributes: true,
    });
  })()`);
  const batch = (n: number) =>
    Array.from({ length: RUSH_BATCH }, (_, i) => anEvent({ event_name: `rush-${n * RUSH_BATCH + i}` }));
  const startedMs = performance.now();
  const sending: Promise<void>[] = [];
  for (let n = 0; n < RUSH_BATCHES; n++) {
    sending.push(postEvents(dashboard.api, batch(n)));
    await delay(Math.max(0, startedMs + (n + 1) * RUSH_EVERY_MS - performance.now()));
  }
  await Promise.all(sending);
  await page
    .getByText(/^rush-/)
    .first()
    .waitFor();
  const drawings = await page.evaluate<number[]>('drawings');
  const seconds = (drawings.at(-1)! - drawings[0]) / 1000;
  // One more than there are spaces between them, and one for a timer that is late at first and on time at last.
  expect(drawings.length).toBeLessThanOrEqual(4 * seconds + 2);
  expect(drawings.length).toBeGreaterThan(1);
});
