import { expect, it } from 'vitest';
import { useDashboard } from './support/dashboard.js';

const dashboard = useDashboard();

it('shows every operation of the document, and asks the server itself', async () => {
  const page = await dashboard.visit('/docs');
  const { body } = await dashboard.api.get('/openapi.json', { key: null });
  const paths = Object.values(body.paths as Record<string, object>);
  const operations = page.locator('.opblock');
  await operations.first().waitFor();
  expect(await operations.count()).toBe(paths.flatMap((path) => Object.keys(path)).length);

  const liveness = page.locator('.opblock', { hasText: '/liveness' });
  await liveness.getByRole('button').first().click();
  await liveness.getByRole('button', { name: 'Try it out' }).click();
  await liveness.getByRole('button', { name: 'Execute' }).click();
  await liveness.getByText('"alive": true').first().waitFor();
});
