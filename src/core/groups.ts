/** What follows one another in groups of so many; the last may have fewer. */
export function* chunksOf<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** The same by size: as many in a group as are at most `most` together, and no more than `mostItems`; or one that is larger. */
export function* groupsOf<T>(
  items: Iterable<T>,
  sizeOf: (item: T) => number,
  most: number,
  mostItems = Infinity,
): Generator<T[]> {
  let [group, total]: [T[], number] = [[], 0];
  for (const item of items) {
    const size = sizeOf(item);
    if (group.length > 0 && (total + size > most || group.length === mostItems)) {
      yield group;
      [group, total] = [[], 0];
    }
    group.push(item);
    total += size;
  }
  if (group.length > 0) yield group;
}

/** What follows one another in groups: a group ends where the next item does not follow on the one before. */
export function* sequencesOf<T>(
  items: readonly T[],
  follows: (item: T, before: T) => boolean,
): Generator<T[]> {
  let run: T[] = [];
  for (const item of items) {
    if (run.length > 0 && !follows(item, run.at(-1)!)) {
      yield run;
      run = [];
    }
    run.push(item);
  }
  if (run.length > 0) yield run;
}
