// What is asked while events come in and over millions of them; `busyMs` and `restMs` are what is wanted then.
const DAY_MS = 86_400_000;
/** Connections that a browser opens to one server. */
const BROWSER_CONNECTIONS = 6;
const COLUMNS = 'event_id timestamp event_type event_name user_id session_id app_version priority'.split(' ');

const question = (what, path, wanted) => ({ what, use: (get) => get(path), ...wanted });
const stats = (query, wanted) => question(`stats ${query}`, `/api/v1/stats?${query}`, wanted);
const page = (query, wanted) => question(`page ${query}`, `/api/v1/logs/filter?${query}`, wanted);
const COUNTS = { busyMs: 60, restMs: 10 };
const FIRST_PAGE = { busyMs: 40, restMs: 20 };
const AT_REST = { restMs: 20 };

export const QUESTIONS = [
  question('metrics', '/api/v1/metrics', COUNTS),
  question('status', '/api/v1/status', COUNTS),
  ...['logs', 'errors', 'latency', 'users', 'sessions'].flatMap((type) =>
    ['hour', 'day', 'week', 'month'].map((range) => stats(`type=${type}&range=${range}`, COUNTS)),
  ),
  stats('type=logs&range=month&interval=1d&group_by=event_type', { restMs: 30 }),
  stats('type=logs&range=month&interval=1h&group_by=event_name', { restMs: 150 }),
  stats('type=users&range=month&group_by=event_name', { restMs: 500 }),
  page('', FIRST_PAGE),
  ...['event_type=error', 'event_name=purchase', 'user_id=user-77', 'app_version=1.3.0'].map((filter) =>
    page(filter, FIRST_PAGE),
  ),
  // Of a property: one event in 60, one in 900.
  ...[
    'session_id=session-77',
    'priority=normal',
    'provider_name=p3',
    'prop.step=7',
    'prop.duration_ms=77',
  ].map((filter) => page(filter, AT_REST)),
  ...COLUMNS.map(sorted),
  page('page=3000', { restMs: 200 }),
  { what: 'a refresh of the overview', use: refreshOverview, busyMs: 400 },
];

/** Of a million and more, an order that no index has is refused: the answer says what to narrow. */
function sorted(column) {
  const path = `/api/v1/logs/filter?sort_by=${column}`;
  return { what: `page sort_by=${column}, or a 400`, use: (get) => get(path, 400), ...AT_REST };
}

/** All that the overview asks for the last day (web/src/pages/overview), as a browser asks it. */
async function refreshOverview(get) {
  const paths = overviewPaths(Date.now()).values();
  const connection = async () => {
    for (let next = paths.next(); !next.done; next = paths.next()) await get(next.value);
  };
  await Promise.all(Array.from({ length: BROWSER_CONNECTIONS }, connection));
}

function overviewPaths(nowMs) {
  const fromMs = Math.floor(nowMs / 60_000) * 60_000 - DAY_MS;
  const before = { from: new Date(fromMs - DAY_MS).toISOString(), to: new Date(fromMs).toISOString() };
  const now = { range: 'day', interval: '15m', timezone: 'Europe/Berlin' };
  const compared = (route, type) => [
    `${route}?${new URLSearchParams({ type, ...now })}`,
    `${route}?${new URLSearchParams({ type, interval: '3h', ...before })}`,
  ];
  return [
    ...['errors', 'users', 'sessions', 'latency'].flatMap((type) => compared('/api/v1/stats', type)),
    `/api/v1/stats?${new URLSearchParams({ type: 'logs', group_by: 'event_type', ...now })}`,
    ...compared('/api/v1/access/stats', 'unique_ips'),
    ...['event_name', 'app_version', 'provider_name'].map(
      (by) => `/api/v1/stats/top?by=${by}&limit=8&range=day`,
    ),
  ];
}
