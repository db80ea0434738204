/** The tail of what these filters ask for; texts that are empty ask for nothing. */
export function tailUrl(
  filters: readonly [name: string, value: string][],
  project: string | undefined,
): string {
  const params = new URLSearchParams(filters as [string, string][]);
  if (project !== undefined) params.set('project', project);
  const text = params.toString();
  return `/api/v1/logs/tail${text && `?${text}`}`;
}
