import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { anEvent } from '../support/api.js';
import { SOON_MS } from '../support/until.js';
import { useDashboard, type VisitOptions } from './support/dashboard.js';
import { eventually } from './support/eventually.js';
import { postEvents } from './support/records.js';

const MOST_SHOWN = 200;
const DRAW_EVERY_MS = 250;
const RUSH = 2_000;

const dashboard = useDashboard();

async function live(options?: VisitOptions): Promise<Page> {
  const page = await dashboard.visit('/live', options);
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

it('shows each event soon after it is stored, the newest first', async () => {
  const page = await live();
  const sent = ['first', 'second', 'third', 'fourth', 'fifth'].map((name) => `${name}_arrival`);
  for (const name of sent) {
    await post(name);
    await page.getByRole('cell', { name, exact: true }).waitFor({ timeout: SOON_MS });
  }
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
  const page = await live({ clock: true });
  await page.clock.pauseAt(Date.now() + DRAW_EVERY_MS);
  await page.evaluate(`(() => {
    globalThis.drawings = 0;
    new MutationObserver(() => drawings++).observe(document.querySelector('main'), {
      subtree: true, childList: true, characterData: true, attributes: true,
    });
  })()`);
  await post(...Array.from({ length: RUSH }, (_, n) => `rush-${n}`));
  // what the server sends comes at its own time, and waits for the next drawing
  let quartersOfASecond = 0;
  await eventually(async () => {
    await page.clock.runFor(DRAW_EVERY_MS);
    quartersOfASecond++;
    expect((await names(page))[0]).toBe(`rush-${RUSH - 1}`);
  });
  const drawings = await page.evaluate<number>('drawings');
  expect(drawings).toBeGreaterThan(0);
  expect(drawings).toBeLessThanOrEqual(quartersOfASecond);
});
