/** Parameters of a request; undefined and '' leave one out. */
export type Params = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/api/v1/stats` and its parameters in a fixed order, so that the same question is the same URL. */
export function urlOf(path: string, params: Params = {}): string {
  const search = new URLSearchParams();
  for (const name of Object.keys(params).sort()) {
    const value = params[name];
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}
