// `npm run bench:abuse`: what one client that means no good costs the others. A client of another project sends an event
// every few milliseconds, first alone and then beside each attack, and /liveness is asked all the while. Prints a table and writes
// bench/results/abuse.json. Default settings, the embedded database, loopback only; each attack is bounded in number and time.
// The attacker is a process of its own (this file with the name of an attack), so that its work is not measured as the server's.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const MB = 1024 * 1024;
const ATTACK_MS = 6_000;
/** The attacks to run, by a part of their names; all of them by default. */
const ONLY = new RegExp(process.env.BENCH_ATTACKS ?? '');
const APP = 'app-key-as-every-copy-of-it-has-it-0001';
const QUERY = 'query-key-of-an-analyst-0123456789-0002';
const OTHER = 'key-of-another-project-0123456789-00003';

const [address, attackName] = process.argv.slice(2);
const server = address === undefined ? await start() : { url: address };
const { hostname, port } = new URL(server.url);
const sockets = new Set();
let made = 0;

const event = (more = {}) => ({
  event_id: `e${++made}-${Date.now()}`,
  event_type: 'telemetry',
  event_name: 'n',
  ...more,
});
const head = (method, path, headers) =>
  `${method} ${path} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 198.51.100.1\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

/** A connection that sends what it is given; unread, it takes no answer. */
async function connection({ unread = false } = {}) {
  const socket = net.connect(Number(port), hostname);
  sockets.add(socket);
  socket.on('error', () => undefined);
  if (unread) socket.pause();
  else socket.resume();
  await new Promise((resolve) => socket.once('connect', resolve).once('error', resolve));
  return socket;
}

/** A request over a kept connection; gives its status and how long it took. */
function ask(agent, method, path, { key, body, address = '203.0.113.1' } = {}) {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const headers = {
      'x-forwarded-for': address,
      ...(key && { 'x-api-key': key }),
      'content-type': 'application/json',
    };
    const sent = http.request({ hostname, port, method, path, agent, headers }, (answer) => {
      answer.resume();
      answer.once('close', () => resolve({ status: answer.statusCode, ms: performance.now() - startedMs }));
    });
    sent.once('error', () => resolve({ status: 0, ms: performance.now() - startedMs }));
    sent.end(body);
  });
}

/** What the others see for as long as an attack takes. */
async function beside(name, memory) {
  const agent = new http.Agent({ keepAlive: true });
  const seen = { ingest: [], liveness: [], readiness: [], read: [], bad: 0 };
  let isOver = false;
  const every = async (ms, into, request) => {
    while (!isOver) {
      const { status, ms: took } = await ask(agent, ...request());
      into.push(took);
      if (status !== 200 && status !== 201) seen.bad++;
      await delay(ms);
    }
  };
  let n = 0;
  // More addresses than one: the limit of one would be the measure.
  const from = () => `203.0.113.${n++ % 250}`;
  const others = [
    every(5, seen.ingest, () => [
      'POST',
      '/api/v1/ingest',
      { key: OTHER, body: JSON.stringify(event()), address: from() },
    ]),
    every(50, seen.read, () => ['GET', '/api/v1/logs/recent?limit=10', { key: OTHER, address: from() }]),
    every(20, seen.liveness, () => ['GET', '/liveness']),
    every(200, seen.readiness, () => ['GET', '/readiness']),
  ];
  memory.peakMb = 0;
  await once(fork(process.argv[1], [server.url, name]), 'exit');
  isOver = true;
  await Promise.all(others);
  agent.destroy();
  return { ...seen, rssMb: memory.peakMb };
}

/** As many at once as are said, again and again until the time is over. */
const repeated = (times, once) => async (isOn) => {
  await Promise.all(
    Array.from({ length: times }, async () => {
      while (isOn()) await once();
    }),
  );
};

const waves = (times, once) => async (isOn) => {
  while (isOn()) {
    await Promise.all(Array.from({ length: times }, once));
    await delay(1_500);
  }
};

const held = (start) => async (isOn) => {
  await start();
  while (isOn()) await delay(50);
};

const batchOf = (bytes) =>
  JSON.stringify({
    logs: Array.from({ length: 1000 }, () => event({ properties: { text: 'x'.repeat(bytes / 1000) } })),
  });
/** Made once: what the attacker does on the cores of the server is to be little. */
const REFUSED = Buffer.alloc(8 * MB, 0x20);
const attackAgent = new http.Agent({ keepAlive: true, maxSockets: 64 });
const pipelined = (path) =>
  held(async () => {
    const socket = await connection({ unread: true });
    socket.write(head('GET', path, {}).repeat(1600));
  });

const attacks = {
  quiet: (isOn) => held(async () => undefined)(isOn),
  '1,600 pipelined GET /openapi.json': pipelined('/openapi.json'),
  '1,600 pipelined GET /metrics': pipelined('/metrics'),
  '1,600 pipelined GET /docs': pipelined('/docs'),
  '54 stalled POSTs of 10 MB': held(async () => {
    const body = Buffer.alloc(10 * MB - 1, 0x20);
    for (let i = 0; i < 54; i++) {
      const socket = await connection();
      const headers = { 'x-api-key': APP, 'content-type': 'application/json', 'content-length': 10 * MB };
      socket.write(head('POST', '/api/v1/batch-ingest', headers));
      socket.write(body);
    }
  }),
  'refused POSTs of 8 MB, 40 at once': waves(40, async () => {
    await ask(attackAgent, 'POST', '/api/v1/batch-ingest', {
      key: APP,
      address: '198.51.100.2',
      body: REFUSED,
    });
  }),
  'batches of 9 MB, 4 at once': repeated(4, async () => {
    await ask(attackAgent, 'POST', '/api/v1/batch-ingest', {
      key: APP,
      address: '198.51.100.3',
      body: batchOf(9 * MB),
    });
  }),
  'guessed keys, 64 at once': repeated(64, async () => {
    await ask(attackAgent, 'GET', '/api/v1/metrics', { key: `guess-${made++}`, address: '198.51.100.4' });
  }),
  'log-ins with guessed keys, 64 at once': repeated(64, async () => {
    const body = JSON.stringify({ key: `guess-${made++}` });
    await ask(attackAgent, 'POST', '/api/v1/session', { address: '198.51.100.5', body });
  }),
  'filters by 1,100 properties, 10 at once': repeated(10, async () => {
    const query = Array.from({ length: 1100 }, (_, i) => `prop.a${i}=1`).join('&');
    await ask(attackAgent, 'GET', `/api/v1/logs/filter?${query}`, {
      key: QUERY,
      address: '198.51.100.6',
    });
  }),
  'filters by 20 properties that none has, 10 at once': repeated(10, async () => {
    const query = Array.from({ length: 20 }, (_, i) => `prop.a${i}=1`).join('&');
    const path = `/api/v1/logs/filter?${query}&count=exact&sort_by=event_id`;
    await ask(attackAgent, 'GET', path, { key: QUERY, address: '198.51.100.6' });
  }),
  'lists of 1,120 events of 255 kB, 8 at once': repeated(8, async () => {
    await ask(attackAgent, 'GET', '/api/v1/logs/recent?limit=1000', {
      key: QUERY,
      address: '198.51.100.6',
    });
  }),
  'the same, 30 that are not read': held(async () => {
    for (let i = 0; i < 30; i++) {
      const socket = await connection({ unread: true });
      socket.write(head('GET', '/api/v1/logs/recent?limit=1000', { 'x-api-key': QUERY }));
    }
  }),
  'all tails and exports of one key': held(async () => {
    for (let i = 0; i < 120; i++) {
      const socket = await connection({ unread: true });
      const path = i % 4 === 0 ? '/api/v1/logs/export' : '/api/v1/logs/tail';
      socket.write(head('GET', path, { 'x-api-key': QUERY, 'x-forwarded-for': `198.51.100.${i}` }));
    }
  }),
};

const p99 = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? NaN;

async function start() {
  const { makeDataDir, report, startServer, watchRss } = await import('./harness.mjs');
  const { dataDir, remove } = makeDataDir();
  const started = await startServer(dataDir, {
    env: {
      API_KEYS: `app:app:ingest=${APP},query:app:query=${QUERY},other:other:ingest+query=${OTHER}`,
      RATE_LIMIT_BURST: '100',
      RATE_LIMIT_REQUESTS_PER_MINUTE: '1000',
      // Each client has an address of its own.
      TRUSTED_PROXIES: '127.0.0.1',
    },
  });
  const stop = async () => {
    await started.stop();
    remove();
  };
  return { ...started, stop, report, memory: watchRss(started.pid) };
}

async function measure() {
  for (let i = 0; i < 1120; i++) {
    const body = JSON.stringify(event({ properties: { text: 'x'.repeat(254_000) } }));
    await ask(attackAgent, 'POST', '/api/v1/ingest', { key: APP, address: `192.0.2.${i % 250}`, body });
  }
  const rows = [];
  const raw = {};
  let quiet;
  for (const name of Object.keys(attacks).filter((name) => name === 'quiet' || ONLY.test(name))) {
    const seen = await beside(name, server.memory);
    quiet ??= p99(seen.ingest);
    raw[name] = {
      ingest_p99_ms: p99(seen.ingest),
      ratio: p99(seen.ingest) / quiet,
      liveness_max_ms: Math.max(...seen.liveness),
      readiness_max_ms: Math.max(...seen.readiness),
      read_p99_ms: p99(seen.read),
      refused: seen.bad,
      rss_mb: seen.rssMb,
    };
    console.error(
      name,
      JSON.stringify(raw[name], (_, value) =>
        typeof value === 'number' ? Math.round(value * 10) / 10 : value,
      ),
    );
    rows.push([`${name}: others' ingest p99 / quiet`, raw[name].ratio, '<= 3']);
    rows.push([`${name}: /liveness at most, ms`, raw[name].liveness_max_ms, '<= 1000']);
    rows.push([`${name}: others refused`, raw[name].refused, '0']);
    rows.push([`${name}: RSS, MB`, raw[name].rss_mb, '<= 400']);
  }
  server.report('abuse', rows, raw);
}

if (attackName === undefined) {
  try {
    await measure();
  } finally {
    server.memory.stop();
    await server.stop();
  }
} else {
  const startedMs = performance.now();
  await attacks[attackName](() => performance.now() - startedMs < ATTACK_MS);
}
process.exit();
