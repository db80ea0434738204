/** What every page's address carries on to the next: the window of time with its interval, and the project. */
const SHARED = ['range', 'from', 'to', 'interval', 'project'] as const;

/** A change of the address: undefined or '' takes a parameter out. */
export type AddressChange = Readonly<Record<string, string | undefined>>;

/** `url` (path and query) with the change applied; other parameters stay. */
export function changedAddress(url: string, change: AddressChange): string {
  const { pathname, searchParams } = new URL(url, 'http://-');
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined || value === '') searchParams.delete(name);
    else searchParams.set(name, value);
  }
  return joined(pathname, searchParams);
}

/** The address of another page: window and project of `url` are kept, `params` are added. */
export function pageAddress(url: string, path: string, params: AddressChange = {}): string {
  const { searchParams } = new URL(url, 'http://-');
  const kept = new URLSearchParams();
  for (const name of SHARED) {
    const value = searchParams.get(name);
    if (value !== null) kept.set(name, value);
  }
  return changedAddress(joined(path, kept), params);
}

function joined(path: string, params: URLSearchParams): string {
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}
