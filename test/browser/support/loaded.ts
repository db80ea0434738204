import type { Page } from 'playwright-core';

/** Waits until the page of this name stands: nothing in it loads any more. */
export async function untilLoaded(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  await page.locator('main:not([aria-busy="true"])').waitFor();
}
