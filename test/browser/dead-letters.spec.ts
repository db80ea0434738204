import pg from 'pg';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { anEvent } from '../support/api.js';
import { expectAccessible, expectNoSidewaysScroll } from './support/axe.js';
import { useDashboard } from './support/dashboard.js';
import { eventually } from './support/eventually.js';
import { untilLoaded } from './support/loaded.js';

let database: pg.Client;

const dashboard = useDashboard({ seed: () => Promise.resolve() });

beforeAll(async () => {
  database = new pg.Client(dashboard.server.databaseUrl);
  await database.connect();
});
// The last hook runs first: the dashboard's own drops the database.
afterAll(() => database.end());

beforeEach(async () => {
  await database.query('truncate dead_letters');
  await database.query(
    `alter table events add constraint no_poison check (event_name <> 'poison') not valid`,
  );
});

const repair = () => database.query('alter table events drop constraint if exists no_poison');

const poison = (overrides: object = {}) => anEvent({ event_name: 'poison', ...overrides });
const send = (...logs: object[]) => dashboard.api.post('/api/v1/batch-ingest', { logs });

async function visit(query = '', options: object = {}): Promise<Page> {
  const page = await dashboard.visit(`/dead-letters${query}`, options);
  await untilLoaded(page, 'Dead letters');
  return page;
}

const rowsOf = (page: Page) => page.getByRole('table', { name: 'Dead letters' }).locator('tbody tr');

it('says what will be there where nothing waits', async () => {
  await repair();
  const page = await visit();
  await page.getByText('No dead letters are waiting').waitFor();
  await page.getByText('Once the cause is gone, replay it').waitFor();
  await page.getByLabel('Reason').selectOption('Not valid');
  await page.getByText('No matching dead letters').waitFor();
});

it('shows a letter as it came, and replays it once asked', async () => {
  await send(poison({ properties: { html: '<b id="injected">x</b><script>window.injected = 1</script>' } }));
  const page = await visit();
  expect(await rowsOf(page).first().innerText()).toMatch(/Refused by the database[^]*no_poison[^]*HTTP/);
  await page.getByRole('button', { name: /^View/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Dead letter/ });
  const payload = dialog.getByRole('region', { name: 'What came' });
  await payload.getByText('<b id=\\"injected\\">').waitFor();
  expect(await page.locator('#injected').count()).toBe(0);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Replay…' }).click();
  await dialog.getByRole('button', { name: 'Replay record' }).click();
  await dialog.getByRole('alert').getByText('It still cannot be stored').waitFor();
  await repair();
  await dialog.getByRole('button', { name: 'Replay…' }).click();
  await dialog.getByRole('button', { name: 'Replay record' }).click();
  await page.getByText('No dead letters are waiting').waitFor();
  await page.getByLabel('State').selectOption('Replayed');
  await eventually(async () => expect(await rowsOf(page).count()).toBe(1));
  await page.getByRole('button', { name: /^View/ }).click();
  await dialog.getByText('1 stored').waitFor();
  expect(await dialog.getByRole('button', { name: 'Replay…' }).count()).toBe(0);
  const { rows } = await database.query(`select count(*)::int as n from events where event_name = 'poison'`);
  expect(rows).toEqual([{ n: 1 }]);
});

it('drops a letter once asked, and not before', async () => {
  await send(poison());
  const page = await visit();
  await page.getByRole('button', { name: /^View/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Dead letter/ });
  await dialog.getByRole('button', { name: 'Drop…' }).click();
  await dialog.getByRole('button', { name: 'Back' }).click();
  await dialog.getByRole('button', { name: 'Drop…' }).click();
  await dialog.getByRole('button', { name: 'Drop record' }).click();
  await page.getByText('No dead letters are waiting').waitFor();
  await page.getByLabel('State').selectOption('Dropped');
  await eventually(async () => expect(await rowsOf(page).count()).toBe(1));
  await repair();
});

it('replays all of them, on a phone too, and tells how many', async () => {
  await send(...Array.from({ length: 12 }, () => poison()));
  const page = await visit('', { phone: true });
  await eventually(async () => expect(await rowsOf(page).count()).toBe(12));
  await expectNoSidewaysScroll(page);
  await page.getByRole('button', { name: 'Replay all' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replay all' });
  await repair();
  await dialog.getByRole('button', { name: 'Replay all' }).click();
  await dialog.getByText('12 letters replayed, 0 still cannot be stored.').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByText('No dead letters are waiting').waitFor();
});

it('is no page of those who do not run the server', async () => {
  await repair();
  const { body } = await dashboard.api.post('/api/v1/keys', { name: 'analyst', scopes: ['query'] });
  const page = await visit('', { as: body.data.key as string });
  await page.getByText('Only admin keys').waitFor();
  expect(await page.getByRole('navigation').getByText('Dead letters').count()).toBe(0);
});
