import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/time.js';
import { useDashboard } from './support/dashboard.js';
import { eventually } from './support/eventually.js';
import { untilLoaded } from './support/loaded.js';
import { entriesOf, eventsOf, postEntries, postEvents } from './support/records.js';

const FROM = Date.parse('2026-03-01T00:00:00Z');
const WINDOW = `from=${new Date(FROM).toISOString()}&to=${new Date(FROM + 24 * HOUR_MS).toISOString()}`;

const dashboard = useDashboard({
  seed: async (api) => {
    const hoursAgo = (Date.now() - FROM) / HOUR_MS - 24;
    await postEvents(api, eventsOf({ count: 48, overHours: 24, hoursAgo }));
    await postEntries(api, entriesOf({ count: 12, overHours: 12 }));
  },
});

/** The window in the address bar, in hours after the start of the tests' day. */
function hoursOf(page: Page): number[] {
  const params = new URL(page.url()).searchParams;
  return ['from', 'to'].map((name) => (Date.parse(params.get(name) ?? '') - FROM) / HOUR_MS);
}

/** A finger from one place of the chart to another, as shares of its width and height. */
async function drag(page: Page, chart: Locator, from: [number, number], to: [number, number]): Promise<void> {
  await chart.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await chart.boundingBox())!;
  const at = ([across, down]: [number, number]) => ({ x: x + across * width, y: y + down * height });
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: { x: number; y: number }[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: points });
  await touch('touchStart', [at(from)]);
  for (let step = 1; step <= 10; step++) {
    const between = (n: 0 | 1) => from[n] + ((to[n] - from[n]) * step) / 10;
    await touch('touchMove', [at([between(0), between(1)])]);
  }
  await touch('touchEnd', []);
}

async function expectInSight(page: Page, what: Locator): Promise<void> {
  await what.waitFor();
  const { x, width } = (await what.boundingBox())!;
  expect(x).toBeGreaterThanOrEqual(0);
  expect(x + width).toBeLessThanOrEqual(page.viewportSize()!.width);
}

describe.each([320, 390, 820, 821])('at %d px', (width) => {
  it('the custom range and the dialogs are in sight', async () => {
    const page = await dashboard.visit(`/?${WINDOW}`, { phone: true });
    await page.setViewportSize({ width, height: 844 });
    await untilLoaded(page, 'Overview');
    for (const control of await page
      .getByRole('group', { name: 'Move the time range' })
      .getByRole('button')
      .all())
      await expectInSight(page, control);
    await page.getByRole('button', { name: '1 Mar, 00:00' }).click();
    const form = page.getByRole('form', { name: 'Custom time range' });
    await expectInSight(page, form);
    for (const input of await form.getByRole('textbox').all()) await expectInSight(page, input);
    await expectInSight(page, form.getByRole('button', { name: 'Apply' }));

    await page.goto(`${dashboard.server.url}/system`);
    await page.getByRole('button', { name: 'New key' }).click();
    await expectInSight(page, page.getByRole('dialog', { name: 'New key' }));
  });
});

describe('without a mouse', () => {
  it('a finger drawn over a chart zooms in, one that goes down it scrolls', async () => {
    const page = await dashboard.visit(`/?${WINDOW}`, { phone: true });
    await untilLoaded(page, 'Overview');
    const area = page.getByRole('figure', { name: 'Events by type' }).locator('.u-over');
    await drag(page, area, [0.5, 0.7], [0.52, 0.1]);
    expect(hoursOf(page)).toEqual([0, 24]);
    await drag(page, area, [0.75, 0.5], [0.25, 0.45]);
    await eventually(() => expect(hoursOf(page)).not.toEqual([0, 24]));
    const [from, to] = hoursOf(page);
    expect(Math.abs(from - 6)).toBeLessThan(0.2);
    expect(Math.abs(to - 18)).toBeLessThan(0.2);
  });

  it('buttons zoom and move, on every page with a range', async () => {
    for (const [name, address] of Object.entries({ Overview: '/', Access: '/access', Explore: '/explore' })) {
      const page = await dashboard.visit(`${address}?${WINDOW}`, { phone: true });
      await untilLoaded(page, name);
      const steps: [string, number[]][] = [
        ['Zoom in', [6, 18]],
        ['Earlier', [0, 12]],
        ['Later', [6, 18]],
        ['Zoom out', [0, 24]],
      ];
      for (const [label, hours] of steps) {
        await page.getByRole('button', { name: label }).tap();
        await eventually(() => expect(hoursOf(page)).toEqual(hours));
      }
    }
  });
});
