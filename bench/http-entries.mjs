// Access entries over HTTP: `node bench/http-entries.mjs URL KEY FORMAT BODIES SIZE CONNECTIONS` prints records a second.
import { entryBodies } from './entries.mjs';
import { postAll } from './post-all.mjs';

const [url, key, format] = process.argv.slice(2, 5);
const [count, size, connections] = process.argv.slice(5).map(Number);
const { type, bodies } = entryBodies(format, count, size);
const seconds = await postAll(`${url}/logs`, { key, type, bodies, connections, status: 200 });
console.log(JSON.stringify({ records_per_s: (count * size) / seconds }));
