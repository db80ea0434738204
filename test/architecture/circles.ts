/** The circles of imports, `a -> b -> a`: what a file imports is looked up by its name, and what is not there is a package. */
export function circlesOf(importsOf: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (name: string, way: readonly string[]): void => {
    if (way.includes(name)) circles.push([...way.slice(way.indexOf(name)), name].join(' -> '));
    if (done.has(name) || way.includes(name)) return;
    for (const imported of importsOf.get(name) ?? []) visit(imported, [...way, name]);
    done.add(name);
  };
  for (const name of importsOf.keys()) visit(name, []);
  return circles;
}
