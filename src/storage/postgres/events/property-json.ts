const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The JSON texts of every object that has `value` at `path`: as a string, and as the scalar that it spells. */
export function propertyJson(path: readonly string[], value: string): string[] {
  const scalar = scalarJson(value);
  const leaves = scalar === null ? [JSON.stringify(value)] : [JSON.stringify(value), scalar];
  return leaves.map((leaf) => path.reduceRight((inner, key) => `{${JSON.stringify(key)}:${inner}}`, leaf));
}

function scalarJson(value: string): string | null {
  if (value === 'true' || value === 'false' || value === 'null') return value;
  // no stored number is beyond a double, and PostgreSQL refuses what is far beyond
  if (!NUMBER.test(value) || !Number.isFinite(Number(value))) return null;
  return INTEGER.test(value) ? value : JSON.stringify(Number(value));
}
