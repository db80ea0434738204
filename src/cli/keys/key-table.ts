import type { KeyView } from '../../auth/key-view.js';

const COLUMNS = [
  'id',
  'name',
  'project',
  'prefix',
  'scopes',
  'state',
  'usage_count',
  'last_used_at',
  'expires_at',
] as const;

/** Keys as columns of text, a line each. */
export function keyTable(keys: readonly KeyView[]): string {
  const rows = [[...COLUMNS], ...keys.map((key) => COLUMNS.map((column) => cell(key[column])))];
  const widths = COLUMNS.map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cell(value: string | number | readonly string[] | null): string {
  if (value === null) return '-';
  return typeof value === 'object' ? value.join(',') : String(value);
}
