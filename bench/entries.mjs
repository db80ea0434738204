// Access entries of about 150 bytes, as objects and as bodies of each format that POST /logs takes.
const METHODS = ['GET', 'GET', 'GET', 'GET', 'POST', 'PUT'];
const STATUSES = [200, 200, 200, 200, 200, 301, 404, 500];
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0';

export function* entries(count) {
  for (let i = 0; i < count; i++) {
    yield {
      timestamp: new Date(Date.now() - (i % 600) * 100).toISOString(),
      ip: `198.51.${(i >> 8) % 4}.${i % 256}`,
      method: METHODS[i % METHODS.length],
      path: `/products/${i % 500}`,
      status: STATUSES[i % STATUSES.length],
      latency_ms: ((i * 7919) % 9000) / 10,
      user_agent: AGENT,
    };
  }
}

const COLUMNS = ['timestamp', 'ip', 'method', 'path', 'status', 'latency_ms', 'user_agent'];
const formats = {
  array: { type: 'application/json', encode: (all) => JSON.stringify(all) },
  ndjson: { type: 'application/x-ndjson', encode: (all) => all.map((one) => JSON.stringify(one)).join('\n') },
  csv: {
    type: 'text/csv',
    encode: (all) =>
      [COLUMNS.join(','), ...all.map((one) => COLUMNS.map((name) => `"${one[name]}"`).join(','))].join(
        '\r\n',
      ),
  },
};

/** Bodies made beforehand, and their content type. */
export function entryBodies(format, count, size) {
  const all = [...entries(count * size)];
  const { type, encode } = formats[format];
  const bodies = Array.from({ length: count }, (_, i) =>
    Buffer.from(encode(all.slice(i * size, (i + 1) * size))),
  );
  return { type, bodies };
}
