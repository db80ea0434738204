import type { KeyView } from '../../auth/key-view.js';
import { textTable } from '../text-table.js';

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
  return textTable([[...COLUMNS], ...keys.map((key) => COLUMNS.map((column) => cell(key[column])))]);
}

function cell(value: string | number | readonly string[] | null): string | null {
  if (value === null) return null;
  return typeof value === 'object' ? value.join(',') : String(value);
}
