// What became of every record, and what the server answers of them.

/** Prints both. @returns whether nothing is missing */
export async function report(sent, { server, worker, keys }) {
  const traffic = (key) => ask(`${server}/stats?type=traffic&range=day`, key);
  const stored = {
    events: (await ask(`${server}/api/v1/metrics`, keys.own)).data.total_logs,
    entries: (await traffic(keys.own)).data.total_request,
    lines: (await traffic(keys.others)).data.total_request,
  };
  const dead = await metric(worker, 'dead_letters_total');
  const rows = Object.entries(sent).map(([name, { sent, refused, acknowledged, copies }]) => {
    const letters = name === 'lines' ? dead : 0;
    const missing = acknowledged - copies - letters - stored[name];
    return [NAMES[name], sent, refused, acknowledged, copies, stored[name], letters, missing];
  });
  const head = [
    '',
    'sent',
    'refused (400)',
    'acknowledged',
    'sent twice',
    'stored once',
    'dead letters',
    'missing',
  ];
  console.log(`\n${table(head, rows)}\n`);
  await reportStatistics((route) => ask(`${server}${route}`, keys.own));
  return rows.every((row) => row.at(-1) === 0);
}

const NAMES = { events: 'events', entries: 'access entries', lines: 'lines in raw-logs' };

async function reportStatistics(get) {
  const of = async (type) => (await get(`/stats?type=${type}&range=day`)).data;
  const [traffic, errors, latency] = await Promise.all(['traffic', 'errors', 'latency'].map(of));
  const { meta } = await get('/logs?limit=1&count=exact&range=day');
  const { total_logs: total, top_event_types: types } = (await get('/api/v1/metrics')).data;
  const [p50, p95, p99] = [latency.p50_latency, latency.p95_latency, latency.p99_latency].map(Math.round);
  const list = (pairs) => pairs.map(([name, n]) => `${name} ${number(n)}`).join(', ');
  console.log(`  requests   ${number(traffic.total_request)} from ${number(traffic.unique_ips)} addresses`);
  console.log(`  errors     ${list(Object.entries(errors))}`);
  console.log(`  latency    p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`);
  console.log(`  rows kept  ${number(meta.total)} of them, those that failed; all of them count`);
  const typed = list(types.map(({ event_type: type, count }) => [type, count]));
  console.log(`  events     ${number(total)}: ${typed}\n`);
}

/** A metric's sum over all its labels. */
export async function metric(url, name) {
  const body = await (await fetch(`${url}/metrics`)).text();
  const samples = [...body.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))];
  return samples.reduce((sum, [, value]) => sum + Number(value), 0);
}

async function ask(url, key) {
  const answer = await fetch(url, { headers: { 'x-api-key': key, 'cache-control': 'no-cache' } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${url}: ${body.message}`);
  return body;
}

/** A number as people read it. */
export const number = (n) => n.toLocaleString('en');

function table(head, rows) {
  const all = [
    head,
    ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? number(cell) : cell))),
  ];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('   ');
  return all.map((row) => `  ${line(row)}`).join('\n');
}
