import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { appearedAtMs, noteAppearances } from './support/appearance.js';
import { expectAccessible, expectNoSidewaysScroll } from './support/axe.js';
import { useDashboard } from './support/dashboard.js';
import { eventually } from './support/eventually.js';
import { untilLoaded } from './support/loaded.js';
import { numberOf, tileValue } from './support/seen.js';

// It takes under a second on a quiet machine; this one runs two suites at once. By the refresh it would be up to half a minute.
const FIRST_EVENT_MS = 5_000;
const dashboard = useDashboard();

it('is accessible and fits a phone, in the dark', async () => {
  const page = await dashboard.visit('/', { phone: true, dark: true });
  await page.getByRole('heading', { name: 'Send your first event' }).waitFor();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

it('has code for common clients, which the arrow keys go through', async () => {
  const page = await dashboard.visit('/');
  const tabs = page.getByRole('tab');
  await tabs.first().focus();
  for (const name of (await tabs.allTextContents()).slice(1)) {
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name, selected: true }).waitFor();
    const code = await page.getByRole('region', { name: `${name} code` }).innerText();
    expect(code).toContain(name === 'nginx' ? 'log_format' : new URL(dashboard.server.url).port);
  }
});

it('fills a project demo, which the same page removes again', async () => {
  const page = await dashboard.visit('/');
  await page.getByRole('button', { name: 'Add demo data' }).click();
  await page.waitForURL(/project=demo/, { timeout: 20_000 });
  await page.getByText('You are looking at demo data').waitFor();
  await untilLoaded(page, 'Overview');
  expect(await page.getByLabel('Project').inputValue()).toBe('demo');
  const { body } = await dashboard.api.get('/api/v1/stats?type=errors&range=week&project=demo');
  await eventually(async () => {
    const title = await page
      .getByRole('group', { name: 'Events', exact: true })
      .getByTitle(/^[\d,]+$/)
      .getAttribute('title');
    expect(numberOf(title!)).toBe(body.data.totals.total);
  });
  expect(body.data.totals.total).toBeGreaterThanOrEqual(3000);

  const remove = page.getByRole('button', { name: 'Remove demo data' });
  await remove.click();
  const question = page.getByRole('dialog', { name: 'Remove demo data?' });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  const { body: kept } = await dashboard.api.get('/api/v1/projects');
  expect(kept.data).toContainEqual({ name: 'demo' });
  await remove.click();
  await question.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('heading', { name: 'Send your first event' }).waitFor();
  expect(page.url()).not.toContain('demo');
  const { body: projects } = await dashboard.api.get('/api/v1/projects');
  expect(projects.data).not.toContainEqual({ name: 'demo' });
});

it('leaves the server in peace while it waits', async () => {
  const page = await dashboard.visit('/');
  await page.getByRole('status').getByText('Live').waitFor();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await eventually(() => expect(asked.length).toBeGreaterThanOrEqual(3));
  // Its tail tells of events.
  expect([...new Set(asked)]).toEqual(['/api/v1/access/stats']);
  const [before, after] = await page.evaluate<number[]>(
    `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/access/stats')).slice(-2).map(({ startTime }) => startTime)`,
  );
  // A timer is late, never early.
  expect(after - before).toBeGreaterThan(1_990);
});

it('puts a new key into the curl to paste, which sends the first event; it shows within a second', async () => {
  const page = await dashboard.visit('/');
  await page.getByRole('button', { name: 'Create an ingest key' }).click();
  const form = page.getByRole('dialog', { name: 'New key' });
  await form.getByLabel('Name').fill('sender');
  await form.getByRole('button', { name: 'Create key' }).click();
  await page.getByRole('button', { name: 'I have saved it' }).click();
  const curl = await page.getByRole('region', { name: 'curl code' }).innerText();
  expect(curl).toContain(`curl ${dashboard.server.url}/api/v1/ingest`);
  await page.getByRole('status').getByText('Live').waitFor();
  await noteAppearances(page, ['behavioral: 1 in total']);
  const { stdout } = await promisify(execFile)('sh', ['-c', curl]);
  const storedAtMs = Date.now();
  expect(JSON.parse(stdout)).toMatchObject({ success: true, data: { duplicate: false } });
  expect((await appearedAtMs(page, 'behavioral: 1 in total')) - storedAtMs).toBeLessThanOrEqual(
    FIRST_EVENT_MS,
  );
  await untilLoaded(page, 'Overview');
  await eventually(async () => expect(await tileValue(page, 'Events')).toBe('1'));
});
