import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll } from './support/axe.js';
import { useDashboard } from './support/dashboard.js';
import { eventually } from './support/eventually.js';
import { logIn } from './support/log-in.js';

const dashboard = useDashboard();

it('exchanges a key for a session that scripts cannot read, and keeps nothing of the key', async () => {
  const page = await dashboard.visit('/', { as: false });
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Log in');
  await logIn(page, dashboard.server.key);
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ name: 'sightline_session', httpOnly: true, sameSite: 'Strict', path: '/' });
  const kept = await page.evaluate<string>(
    'JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML])',
  );
  expect(kept).not.toContain(dashboard.server.key);
  expect(kept).not.toContain(cookie.value);
});

it('stays logged in over a reload, and comes back to the page that was asked for', async () => {
  const page = await dashboard.visit('/system', { as: false });
  await logIn(page, dashboard.server.key);
  expect(new URL(page.url()).pathname).toBe('/system');
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'System' }).waitFor();
});

it('says what is wrong with a key, and takes the next one', async () => {
  const page = await dashboard.visit('/', { as: false });
  const button = page.getByRole('button', { name: 'Log in' });
  await button.click();
  await page.getByRole('alert').getByText('Enter an API key').waitFor();
  await page.getByLabel('API key').fill('wrong-key');
  await button.click();
  await page.getByRole('alert').getByText('is invalid').waitFor();
  expect(await page.getByLabel('API key').getAttribute('aria-invalid')).toBe('true');
  await logIn(page, dashboard.server.key);
});

it('refuses a key that may not read', async () => {
  dashboard.allow(/^403 \/api\/v1\/session$/);
  const { body } = await dashboard.api.post('/api/v1/keys', { name: 'app', scopes: ['ingest'] });
  const page = await dashboard.visit('/', { as: false });
  await page.getByLabel('API key').fill(body.data.key as string);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').getByText('scope').waitFor();
});

it('logs out: the session is over for the server too', async () => {
  const page = await dashboard.visit('/', { as: false });
  // One that the page is only just opening would be refused when the session has ended.
  const tail = page.waitForResponse(/\/api\/v1\/logs\/tail/);
  await logIn(page, dashboard.server.key);
  await tail;
  const [{ value }] = await page.context().cookies();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByLabel('API key').waitFor();
  expect(await page.getByText('Your session has ended').count()).toBe(0);
  expect(await page.context().cookies()).toEqual([]);
  await eventually(async () => {
    const headers = { cookie: `sightline_session=${value}` };
    const { status } = await dashboard.api.get('/api/v1/session', { key: null, headers });
    expect(status).toBe(401);
  });
});

it('shows the log-in form once the key is revoked, and the same page after it', async () => {
  dashboard.allow(/^401 /);
  const { body } = await dashboard.api.post('/api/v1/keys', { name: 'analyst', scopes: ['query'] });
  const page = await dashboard.visit('/explore?event_type=error', { as: body.data.key as string });
  await page.getByRole('heading', { level: 1, name: 'Explore' }).waitFor();
  await dashboard.api.post(`/api/v1/keys/${body.data.id as string}/revoke`, {});
  await eventually(async () => {
    const answer = await dashboard.api.get('/api/v1/session', { key: body.data.key as string });
    expect(answer.status).toBe(401);
  });
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByText('Your session has ended').waitFor();
  await page.goBack();
  await logIn(page, dashboard.server.key);
  await page.getByRole('heading', { level: 1, name: 'Explore' }).waitFor();
  expect(page.url()).toContain('event_type=error');
});

it.each(['light', 'dark'])('is accessible, by keyboard and on a phone: %s', async (theme) => {
  const page = await dashboard.visit('/', { as: false, phone: true, dark: theme === 'dark' });
  await page.getByLabel('API key').waitFor();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  await page.keyboard.type(dashboard.server.key);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation').waitFor();
});
