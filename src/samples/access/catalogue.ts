import { type Random, Weighted, zipf } from '../random.js';

/** A kind of request that a shop's web server sees. */
export interface Route {
  method: string;
  path: (random: Random) => string;
  /** Of the milliseconds it takes. */
  medianMs: number;
}

const product = (random: Random): string => `/products/${1 + Math.floor(random.unit() ** 2 * 5_000)}`;
const order = (random: Random): string => `/api/orders/${1 + random.below(90_000)}`;
const words = zipf(['shoes', 'lamp', 'coffee', 'chair', 'desk', 'bottle', 'jacket', 'phone-case', 'tent']);
const assets = zipf(['app.js', 'main.css', 'logo.svg', 'vendor.js', 'fonts/inter.woff2', 'hero.avif']);

const route = (method: string, medianMs: number, path: string | Route['path']): Route => ({
  method,
  medianMs,
  path: typeof path === 'string' ? () => path : path,
});

/** From the frequent to the rare. */
export const routes = zipf<Route>([
  route('GET', 2, (random) => `/assets/${assets.pick(random)}`),
  route('GET', 35, product),
  route('GET', 20, '/'),
  route(
    'GET',
    60,
    (random) => `/search?q=${words.pick(random)}&page=${1 + Math.floor(random.exponential(1))}`,
  ),
  route('GET', 25, (random) => `/api/cart?session=${random.hex(2)}`),
  route('POST', 45, '/api/cart'),
  route('HEAD', 1, '/health'),
  route('GET', 40, order),
  route('POST', 90, '/api/login'),
  route('PUT', 50, order),
  route('POST', 180, '/api/checkout'),
  route('OPTIONS', 1, '/api/cart'),
  route('PATCH', 55, '/api/profile'),
  route('DELETE', 40, order),
]);

/** What scanners and broken links ask for. */
export const missing = zipf([
  '/favicon.ico',
  '/wp-login.php',
  '/.env',
  '/robots.txt',
  '/admin/',
  '/old-shop/index.html',
]);

export const userAgents = zipf([
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'curl/8.17.0',
  'python-requests/2.32.5',
]);

export const success = new Weighted([200, 304, 204, 302], [0.88, 0.06, 0.03, 0.03]);
export const clientErrors = new Weighted([404, 401, 400, 403, 429], [0.6, 0.15, 0.12, 0.08, 0.05]);
export const serverErrors = new Weighted([500, 502, 503, 504], [0.5, 0.2, 0.2, 0.1]);
