/** A key as `/api/v1/keys` lists it. */
export interface KeyView {
  id: string;
  name: string;
  project: string;
  prefix: string;
  scopes: string[];
  state: 'active' | 'rotating' | 'expired' | 'revoked';
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  last_used_at: string | null;
  usage_count: number;
  rate_limit_per_minute: number | null;
  self_rotate: boolean;
  successor_id: string | null;
  rotation_due: boolean;
}

/** The one answer that has the key itself. */
export type NewKey = KeyView & { key: string };

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
