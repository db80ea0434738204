/**
 * How often a property is tried. What SQL means is the same on PostgreSQL 15, whose run wants to know that it is understood there:
 * a third of the draws will do (TEST_PROPERTY_SHARE of `jest.config.mjs`).
 */
export function runs(most: number): number {
  return Math.ceil(most * Number(process.env.TEST_PROPERTY_SHARE ?? 1));
}
