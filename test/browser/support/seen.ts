import type { Locator, Page } from 'playwright-core';

/** The number of a tile, as it is shown. */
export function tileValue(page: Page, label: string): Promise<string> {
  return page.getByRole('group', { name: label, exact: true }).getByRole('paragraph').nth(1).innerText();
}

/** A table's cells, row by row, without its head. */
export async function tableCells(table: Locator): Promise<string[][]> {
  await table.locator('tbody tr').first().waitFor();
  return table
    .locator('tbody tr')
    .evaluateAll((rows: { children: Iterable<{ textContent: string }> }[]) =>
      rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
    );
}

/** "1,234", "391 ms", "12.5%" as numbers. */
export const numberOf = (text: string): number => Number.parseFloat(text.replaceAll(',', ''));

/** How often each value occurs, the most frequent first. */
export function frequencies(values: readonly string[]): [value: string, count: number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** The value that `share` of them do not exceed. */
export function percentileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1];
}
