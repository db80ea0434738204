/** An offset whose + was not encoded; times are read either way. */
const TIME = /\d\d:\d\d$/;

/**
 * For a question that found nothing: a warning for each parameter in whose value a `+` stands, which is how a query string writes a
 * blank. `app_version=2.0.0+6` looks for `2.0.0 6`; whoever meant the + would never know.
 */
export function plusWarnings(url = ''): string[] {
  const at = url.indexOf('?');
  if (at < 0 || !url.includes('+', at)) return [];
  return url
    .slice(at + 1)
    .split('&')
    .filter((pair) => /=.*\+/s.test(pair) && !TIME.test(pair))
    .flatMap((pair) => [...new URLSearchParams(pair)])
    .map(
      ([name, value]) =>
        `Parameter ${name}: + stands for a blank in a query, so ${JSON.stringify(value)} was looked for; write %2B for a +`,
    );
}
