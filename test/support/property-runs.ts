/**
 * How often a property is tried. What SQL means is the same on PostgreSQL 15, whose run wants to know that it is understood there:
 * a third of the draws will do (TEST_PROPERTY_SHARE of `jest.config.mjs`).
 */
export function runs(most: number): number {
  return Math.ceil(most * Number(process.env.TEST_PROPERTY_SHARE ?? 1));
}

/** The same of cases: all of them, or as many by chance. */
export function someOf<T>(cases: readonly T[]): T[] {
  const drawn = cases.map((one) => ({ one, at: Math.random() })).sort((a, b) => a.at - b.at);
  return drawn.slice(0, runs(cases.length)).map(({ one }) => one);
}
