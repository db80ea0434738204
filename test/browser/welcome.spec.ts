import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Request } from 'playwright-core';
import { expect, it } from 'vitest';
import { SOON_MS } from '../support/until.js';
import { expectAccessible, expectNoSidewaysScroll } from './support/axe.js';
import { useDashboard } from './support/dashboard.js';
import { eventually } from './support/eventually.js';
import { untilLoaded } from './support/loaded.js';
import { numberOf, tileValue } from './support/seen.js';

const LOOK_EVERY_MS = 2_000;
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
  await eventually(async () => {
    const { body } = await dashboard.api.get('/api/v1/stats?type=errors&range=week&project=demo');
    expect(body.data.totals.total).toBeGreaterThanOrEqual(3000);
    const title = await page
      .getByRole('group', { name: 'Events', exact: true })
      .getByTitle(/^[\d,]+$/)
      .getAttribute('title');
    expect(numberOf(title!)).toBe(body.data.totals.total);
  });

  const remove = page.getByRole('button', { name: 'Remove demo data' });
  await remove.click();
  const query = page.getByRole('dialog', { name: 'Remove demo data?' });
  await query.getByRole('button', { name: 'Cancel' }).click();
  await query.waitFor({ state: 'detached' });
  const { body: kept } = await dashboard.api.get('/api/v1/projects');
  expect(kept.data).toContainEqual({ name: 'demo' });
  await remove.click();
  await query.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('heading', { name: 'Send your first event' }).waitFor();
  expect(page.url()).not.toContain('demo');
  const { body: projects } = await dashboard.api.get('/api/v1/projects');
  expect(projects.data).not.toContainEqual({ name: 'demo' });
});

it('leaves the server in peace while it waits', async () => {
  const page = await dashboard.visit('/', { clock: true });
  await page.getByRole('status').getByText('Live').waitFor();
  let asked: string[] = [];
  const open = new Set<Request>();
  page.on('request', (request) => {
    open.add(request);
    asked.push(new URL(request.url()).pathname);
  });
  page.on('requestfinished', (request) => open.delete(request));
  /** What the page asks in this time, once all is answered; a query of our own says when it has asked. */
  const askedIn = async (ms: number) => {
    asked = [];
    await page.clock.runFor(ms);
    await page.evaluate(`fetch('/liveness').then((answer) => answer.text())`);
    await eventually(() => expect(open.size).toBe(0));
    return asked.filter((path) => path !== '/liveness');
  };
  await page.clock.pauseAt(Date.now() + LOOK_EVERY_MS);
  // It looks in the middle of each time that follows.
  await eventually(async () => expect(await askedIn(100)).not.toEqual([]));
  await askedIn(LOOK_EVERY_MS / 2);
  // Its tail tells of events.
  for (let look = 0; look < 5; look++) expect(await askedIn(LOOK_EVERY_MS)).toEqual(['/api/v1/access/stats']);
});

it('puts a new key into the curl to paste, which sends the first event; it shows soon', async () => {
  const page = await dashboard.visit('/');
  await page.getByRole('button', { name: 'Create an ingest key' }).click();
  const form = page.getByRole('dialog', { name: 'New key' });
  await form.getByLabel('Name').fill('sender');
  await form.getByRole('button', { name: 'Create key' }).click();
  await page.getByRole('button', { name: 'I have saved it' }).click();
  const curl = await page.getByRole('region', { name: 'curl code' }).innerText();
  expect(curl).toContain(`curl ${dashboard.server.url}/api/v1/ingest`);
  await page.getByRole('status').getByText('Live').waitFor();
  const { stdout } = await promisify(execFile)('sh', ['-c', curl]);
  expect(JSON.parse(stdout)).toMatchObject({ success: true, data: { duplicate: false } });
  // by the refresh it would be up to half a minute
  await page.getByText('behavioral: 1 in total').waitFor({ state: 'attached', timeout: SOON_MS });
  await untilLoaded(page, 'Overview');
  await eventually(async () => expect(await tileValue(page, 'Events')).toBe('1'));
});
