import { useLocation } from 'preact-iso/router';
import { changedAddress, pageAddress, type AddressChange } from './address-text.js';

export interface Address {
  /** Path and query as they stand in the address bar. */
  url: string;
  page: string;
  query: Readonly<Record<string, string>>;
  /** Changes the query; `replace` leaves no step for the back button. */
  change: (change: AddressChange, replace?: boolean) => void;
  /** An href to another page that keeps window and project. */
  to: (page: string, params?: AddressChange) => string;
}

/** The address bar: where the pages keep what they show. */
export function useAddress(): Address {
  const { url, path, query, route } = useLocation();
  return {
    url,
    page: path,
    query,
    change: (change, replace) => {
      // Two changes in one turn must both apply: the address bar is ahead of the rendered state.
      const now = location.pathname + location.search;
      const next = changedAddress(now, change);
      if (next !== now) route(next, replace);
    },
    to: (page, params) => pageAddress(url, page, params),
  };
}
