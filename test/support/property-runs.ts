/**
 * How often a property is tried against a database. Each run of the suite has a seed of its own, so that half of the draws will do,
 * and on PostgreSQL 15, whose run wants to know that SQL is understood there, a fifth; TEST_PROPERTY_SHARE=1 is all of them.
 */
export function runs(most: number): number {
  return Math.ceil(most * Number(process.env.TEST_PROPERTY_SHARE ?? 1));
}

/** The same of cases: all of them, or as many by chance. */
export function someOf<T>(cases: readonly T[]): T[] {
  const drawn = cases.map((one) => ({ one, at: Math.random() })).sort((a, b) => a.at - b.at);
  return drawn.slice(0, runs(cases.length)).map(({ one }) => one);
}
