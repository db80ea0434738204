/** SQL that groups by each of these columns alone, and by none of them ('all'). */
export function oneByOne(columns: readonly string[]): { dimension: string; value: string; sets: string } {
  const when = (then: (column: string) => string) =>
    columns.map((column) => `when grouping(${column}) = 0 then ${then(column)}`).join(' ');
  return {
    dimension: `case ${when((column) => `'${column}'`)} else 'all' end`,
    value: `case ${when((column) => column)} else '' end`,
    sets: `grouping sets ((), ${columns.map((column) => `(${column})`).join(', ')})`,
  };
}
