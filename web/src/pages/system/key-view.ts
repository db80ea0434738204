import type { Key } from '../../kit/api/schema.js';

export type KeyView = Key;
export type { NewKey } from '../../kit/api/schema.js';

/** Those that work, the last made first, before those that do not. */
export function sortedKeys(keys: readonly KeyView[]): KeyView[] {
  const works = ({ state }: KeyView) => state === 'active' || state === 'rotating';
  return keys.toSorted(
    (a, b) =>
      Number(works(b)) - Number(works(a)) ||
      b.created_at.localeCompare(a.created_at) ||
      a.id.localeCompare(b.id),
  );
}
