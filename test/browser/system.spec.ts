import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { anEvent } from '../support/api.js';
import { useDashboard } from './support/dashboard.js';
import { eventually } from './support/eventually.js';
import { untilLoaded } from './support/loaded.js';
import { logIn } from './support/log-in.js';
import { entriesOf, eventsOf, postEntries, postEvents } from './support/records.js';
import { tableCells } from './support/seen.js';

const dashboard = useDashboard({
  seed: async (api) => {
    const events = eventsOf({ count: 30, overHours: 2 });
    await postEvents(api, events);
    await postEvents(api, events.slice(0, 4));
    await api.post('/api/v1/batch-ingest', { logs: [anEvent(), anEvent({ priority: 'urgent' })] });
    await postEntries(api, entriesOf({ count: 20, overHours: 2 }));
  },
});

async function system(as?: string): Promise<Page> {
  const page = await dashboard.visit('/system', { as });
  await untilLoaded(page, 'System');
  return page;
}

const keyRow = (page: Page, name: string, state: string) =>
  page
    .getByRole('table', { name: 'Keys' })
    .getByRole('row')
    .filter({ hasText: name })
    .filter({ hasText: state });
const statusOf = async (key: string) => (await dashboard.api.get('/api/v1/logs/recent', { key })).status;
const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });

describe('the server', () => {
  it('tells what came in, how it is stored, and what it depends on', async () => {
    const page = await system();
    for (const [label, total] of Object.entries({
      'Events stored': 31,
      'Duplicate events': 4,
      'Events rejected': 1,
      'Access entries': 20,
    })) {
      const tile = page.getByRole('group', { name: label, exact: true });
      await tile.getByText(`${total} since startup`).waitFor();
    }
    await page.getByText('Database', { exact: true }).waitFor();
    expect(await page.getByText('healthy', { exact: true }).count()).toBeGreaterThanOrEqual(2);
    const { data } = (await dashboard.api.get('/api/v1/system')).body as { data: SystemData };
    await page.getByText(data.version, { exact: true }).waitFor();
    const tables = await tableCells(page.getByRole('table', { name: 'Tables and their sizes' }));
    expect(
      tables
        .slice(1)
        .map(([name]) => name)
        .sort(),
    ).toEqual(data.storage.tables.map(({ name }) => name).sort());
  });

  it('draws rates while it is looked at, and opens a table to its days', async () => {
    const page = await system();
    await page.getByRole('figure', { name: 'Ingest by second' }).waitFor();
    await eventually(async () => {
      await dashboard.api.post('/api/v1/ingest', anEvent());
      const tile = page.getByRole('group', { name: 'Events stored', exact: true });
      expect(await tile.getByRole('paragraph').nth(1).innerText()).toMatch(/^[0-9.]*[1-9]/);
    });
    const fold = page.getByRole('button', { name: 'events', exact: true });
    await fold.click();
    // what the page shows may be from before the partitions of the days to come were made
    await eventually(async () => {
      const { data } = (await dashboard.api.get('/api/v1/system')).body as { data: SystemData };
      const days = data.storage.tables.find(({ name }) => name === 'events')!.partitions.length;
      expect(await page.locator('.storage-day').count()).toBe(days);
    });
  });
});

interface SystemData {
  version: string;
  storage: { tables: { name: string; partitions: unknown[] }[] };
}

describe('keys', () => {
  it('are created by a form that says what is missing, shown once, and counted', async () => {
    const page = await system();
    const open = page.getByRole('button', { name: 'New key' });
    await open.focus();
    await page.keyboard.press('Enter');
    const form = dialog(page, 'New key');
    await form.getByRole('button', { name: 'Create key' }).click();
    await form.getByRole('alert').first().waitFor();
    await form.getByLabel('Name').fill('ios app');
    await form.getByLabel(/^query/).check();
    await page.keyboard.press('Enter');
    const made = dialog(page, 'Key created');
    const key = (await made.locator('code').innerText()).trim();
    expect(await statusOf(key)).toBe(200);
    await page.keyboard.press('Escape');
    await made.getByText('cannot be shown again').waitFor();
    await made.getByRole('button', { name: 'I have saved it' }).click();
    await keyRow(page, 'ios app', 'active').waitFor();
    expect(await page.content()).not.toContain(key);
  });

  it('are rotated: the successor works, and the old one for a while', async () => {
    const { body } = await dashboard.api.post('/api/v1/keys', { name: 'to rotate', scopes: ['query'] });
    const page = await system();
    await keyRow(page, 'to rotate', 'active')
      .getByRole('button', { name: /^Rotate/ })
      .click();
    await dialog(page, 'Rotate key').getByRole('button', { name: 'Rotate key' }).click();
    const made = dialog(page, 'Key rotated');
    const successor = (await made.locator('code').innerText()).trim();
    expect(await statusOf(successor)).toBe(200);
    expect(await statusOf(body.data.key as string)).toBe(200);
    await made.getByRole('button', { name: 'I have saved it' }).click();
    await keyRow(page, 'to rotate', 'rotating').waitFor();
    await keyRow(page, 'to rotate', 'active').waitFor();
  });

  it('are revoked once asked, and the dialog gives the focus back', async () => {
    const { body } = await dashboard.api.post('/api/v1/keys', { name: 'to revoke', scopes: ['query'] });
    const page = await system();
    const button = keyRow(page, 'to revoke', 'active').getByRole('button', { name: /^Revoke/ });
    await button.focus();
    await page.keyboard.press('Enter');
    await dialog(page, 'Revoke key').waitFor();
    await page.keyboard.press('Escape');
    await dialog(page, 'Revoke key').waitFor({ state: 'detached' });
    await button.and(page.locator(':focus')).waitFor();
    expect(await statusOf(body.data.key as string)).toBe(200);

    await button.click();
    await dialog(page, 'Revoke key').getByRole('button', { name: 'Revoke key' }).click();
    await keyRow(page, 'to revoke', 'revoked').waitFor();
    await eventually(async () => expect(await statusOf(body.data.key as string)).toBe(401));
  });

  it('of which the own one ends the session', async () => {
    dashboard.allow(/^401 /);
    const { body } = await dashboard.api.post('/api/v1/keys', { name: 'operator', scopes: ['admin'] });
    const page = await dashboard.visit('/system', { as: false });
    await logIn(page, body.data.key as string);
    await keyRow(page, 'operator', 'yours')
      .getByRole('button', { name: /^Revoke/ })
      .click();
    await dialog(page, 'Revoke key').getByText('ends your session').waitFor();
    await dialog(page, 'Revoke key').getByRole('button', { name: 'Revoke key' }).click();
    await page.getByLabel('API key').waitFor();
  });
});

it('shows those who do not run the server whether it works, and no more', async () => {
  const { body } = await dashboard.api.post('/api/v1/keys', { name: 'analyst', scopes: ['query'] });
  const page = await system(body.data.key as string);
  await page.getByText('Database', { exact: true }).waitFor();
  expect(await page.getByRole('table').count()).toBe(0);
  expect(await page.getByRole('button', { name: 'New key' }).count()).toBe(0);
});
