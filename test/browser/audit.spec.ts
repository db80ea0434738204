import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { browse } from '../support/session.js';
import { useDashboard } from './support/dashboard.js';
import { eventually } from './support/eventually.js';
import { untilLoaded } from './support/loaded.js';

const dashboard = useDashboard({
  seed: async (api) => {
    const { body } = await api.post('/api/v1/keys', { name: 'to revoke', scopes: ['query'] });
    await api.post(`/api/v1/keys/${body.data.id as string}/revoke`, {});
  },
});

async function audit(query = '', as?: string): Promise<Page> {
  const page = await dashboard.visit(`/audit${query}`, { as });
  await untilLoaded(page, 'Audit');
  return page;
}

/** As they are seen: what only a phone shows is left out. */
async function rowsOf(page: Page): Promise<string[][]> {
  const rows = page.getByRole('table', { name: 'Audit log' }).locator('tbody tr');
  await rows.first().waitFor();
  return rows.evaluateAll((all: { children: Iterable<{ innerText: string }> }[]) =>
    all.map((row) => [...row.children].map((cell) => cell.innerText.trim())),
  );
}

it('shows who did what, from where, and narrows it to an action', async () => {
  const page = await audit();
  const rows = (await rowsOf(page)).map(([, action, outcome, who, from]) => [action, outcome, who, from]);
  expect(rows).toContainEqual([
    'Key revoked',
    'success',
    expect.stringMatching(/^test \(.+…\)$/),
    '127.0.0.1',
  ]);
  expect(rows).toContainEqual(['Login', 'success', expect.stringMatching(/^test /), '127.0.0.1']);
  await page.getByLabel('Action').selectOption('Key revoked');
  await page.waitForURL(/action=key\.revoke/);
  await eventually(async () => expect((await rowsOf(page)).length).toBe(1));
  await page.getByLabel('Actor').fill('nobody');
  await page.keyboard.press('Enter');
  await page.getByText('No matching entries').waitFor();
});

it('shows a refused log-in, as often as it came', async () => {
  for (let n = 0; n < 3; n++)
    await browse(`${dashboard.server.url}/api/v1/session`, { method: 'POST', body: { key: 'guessed' } });
  const page = await audit('?action=log_in&actor=anonymous');
  await page.getByRole('row').filter({ hasText: 'refused' }).filter({ hasText: 'no key' }).waitFor();
});

it('goes on where the first page ends', async () => {
  for (let n = 0; n < 101; n++)
    await dashboard.api.post('/api/v1/keys', { name: `app ${n}`, scopes: ['ingest'] });
  const page = await audit('?action=key.create');
  expect((await rowsOf(page)).length).toBe(100);
  await page.getByRole('button', { name: 'Load more' }).click();
  await eventually(async () => expect((await rowsOf(page)).length).toBeGreaterThan(101));
  expect(await page.getByRole('button', { name: 'Load more' }).count()).toBe(0);
});

it('is no page of those who do not run the server', async () => {
  const { body } = await dashboard.api.post('/api/v1/keys', { name: 'analyst', scopes: ['query'] });
  const page = await audit('', body.data.key as string);
  await page.getByText('Only admin keys').waitFor();
  expect(await page.getByRole('navigation').getByText('Audit').count()).toBe(0);
});
