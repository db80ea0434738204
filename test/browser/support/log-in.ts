import type { Page } from 'playwright-core';

/** Fills the log-in form, as a person does, and waits until a page of the dashboard has taken its place. */
export async function logIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('navigation').waitFor();
}
