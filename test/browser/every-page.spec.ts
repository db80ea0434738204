import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll } from './support/axe.js';
import { useDashboard } from './support/dashboard.js';
import { untilLoaded } from './support/loaded.js';
import { entriesOf, eventsOf, postEntries, postEvents } from './support/records.js';

const PAGES = {
  Overview: '/',
  Explore: '/explore',
  Access: '/access',
  Live: '/live',
  System: '/system',
  Audit: '/audit',
  'Dead letters': '/dead-letters',
};
const LOOKS = { 'light, at a desk': {}, 'dark, on a phone': { dark: true, phone: true } };
const MOST_SCRIPT_BYTES = 150_000;

const dashboard = useDashboard({
  seed: async (api) => {
    await postEvents(api, eventsOf({ count: 12, overHours: 20 }));
    await postEntries(api, entriesOf({ count: 12, overHours: 20 }));
  },
});

describe.each(Object.entries(PAGES))('%s', (name, address) => {
  it.each(Object.entries(LOOKS))('is accessible and fits: %s', async (_, look) => {
    const page = await dashboard.visit(address, look);
    await untilLoaded(page, name);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
});

it('says where there is no page, and shows the way back', async () => {
  dashboard.allow(/^404 \/nowhere\/at\/all$/);
  const page = await dashboard.visit('/nowhere/at/all?project=default', { phone: true });
  await untilLoaded(page, 'Page not found');
  await page.getByText('/nowhere/at/all').waitFor();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Go to the overview' }).click();
  await untilLoaded(page, 'Overview');
});

it('is read and walked by keyboard alone', async () => {
  const page = await dashboard.visit('/');
  await untilLoaded(page, 'Overview');
  await page.keyboard.press('Tab');
  const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()');
  expect(await focused()).toBe('Skip to content');
  for (const name of Object.keys(PAGES)) {
    await page.keyboard.press('Tab');
    expect(await focused()).toBe(name);
    await expectFocusInSight();
  }
  await page.keyboard.press('Enter');
  await untilLoaded(page, 'Dead letters');
  expect(new URL(page.url()).pathname).toBe('/dead-letters');

  async function expectFocusInSight(): Promise<void> {
    const [outline, shadow] = await page.evaluate<[string, string]>(
      '(({ outlineStyle, boxShadow }) => [outlineStyle, boxShadow])(getComputedStyle(document.activeElement))',
    );
    expect(outline !== 'none' || shadow !== 'none').toBe(true);
  }
});

it('loads no more script at first than it may, and keeps it for the next visit', async () => {
  const page = await dashboard.visit('about:blank');
  const bodies: Promise<Buffer>[] = [];
  const caching = new Set<string | undefined>();
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return;
    bodies.push(response.body());
    caching.add(response.headers()['cache-control']);
  });
  await page.goto(dashboard.server.url);
  await untilLoaded(page, 'Overview');
  const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
  expect(sizes.length).toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(MOST_SCRIPT_BYTES);
  expect([...caching]).toEqual(['public, max-age=31536000, immutable']);
});

it('changes its look, and remembers', async () => {
  const page = await dashboard.visit('/system');
  await untilLoaded(page, 'System');
  const background = () =>
    page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
  const light = await background();
  const button = page.getByRole('button', { name: /^Theme/ });
  while (!(await button.getAttribute('aria-label'))?.startsWith('Theme: dark')) await button.click();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  await untilLoaded(page, 'System');
  expect(await background()).toBe(dark);
});
