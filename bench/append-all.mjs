/** Appends `records` in batches of `size`, as many at once as there are connections; gives records a second. */
export async function appendAll(store, records, { size, connections }) {
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < records.length) {
        const at = next;
        next += size;
        await store.append(records.slice(at, at + size));
      }
    }),
  );
  return (records.length * 1000) / (performance.now() - started);
}
