import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainMissingPages, PAGE_PATHS, servePages } from './pages.js';

const PAGE = '<!doctype html><title>pages</title>';
const SCRIPT = 'export const numbers = [1, 2, 3];'.repeat(50);

let root: string;
let fastify: FastifyInstance;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'sightline-pages-'));
  const dir = join(root, 'web');
  mkdirSync(join(dir, 'assets'), { recursive: true });
  writeFileSync(join(root, 'secret.txt'), 'secret');
  writeFileSync(join(dir, 'index.html'), PAGE);
  writeFileSync(join(dir, 'index.html.br'), brotliCompressSync(PAGE));
  writeFileSync(join(dir, 'favicon.svg'), '<svg/>');
  writeFileSync(join(dir, 'assets', 'app-1a2b.js'), SCRIPT);
  writeFileSync(join(dir, 'assets', 'app-1a2b.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(dir, 'assets', 'app-1a2b.js.gz'), gzipSync(SCRIPT));
  writeFileSync(join(dir, 'assets', 'font.woff2'), 'font');
  fastify = Fastify();
  fastify.get('/system', () => 'taken');
  await servePages(fastify, dir);
});

afterAll(async () => {
  await fastify.close();
  rmSync(root, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = {}) => fastify.inject({ url, headers });

describe('the page', () => {
  it('is the same at each path, asked for again each time, and runs nothing but what lies beside it', async () => {
    for (const url of PAGE_PATHS.filter((path) => path !== '/system')) {
      const { statusCode, headers, body } = await get(url);
      expect([statusCode, headers['content-type'], body]).toEqual([200, 'text/html; charset=utf-8', PAGE]);
      expect(headers['cache-control']).toBe('no-cache');
      const policy = String(headers['content-security-policy']);
      expect(policy).toMatch(/^default-src 'self'; .*object-src 'none'.*frame-ancestors 'none'/);
      expect(policy).not.toMatch(/unsafe|\*|http/);
    }
  });

  it('is answered by 304 while it is the same', async () => {
    const { headers } = await get('/');
    const etag = String(headers.etag);
    expect((await get('/explore', { 'if-none-match': etag })).statusCode).toBe(304);
    expect((await get('/', { 'if-none-match': '"another"' })).statusCode).toBe(200);
  });

  it('comes compressed, also asked for with HEAD', async () => {
    const { headers, rawPayload } = await get('/', { 'accept-encoding': 'gzip, br' });
    expect([headers['content-encoding'], headers.vary]).toEqual(['br', 'accept-encoding']);
    expect(String(brotliDecompressSync(rawPayload))).toBe(PAGE);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    const head = await fastify.inject({ method: 'HEAD', url: '/' });
    expect([head.statusCode, head.body]).toEqual([200, '']);
  });

  it('leaves a path alone that is served already', async () => {
    expect((await get('/system')).body).toBe('taken');
  });
});

describe('files', () => {
  it('with a hash in their names are kept for ever', async () => {
    const { headers, body } = await get('/assets/app-1a2b.js');
    expect(body).toBe(SCRIPT);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['content-type']).toMatch(/javascript/);
  });

  it('come as the browser can take them', async () => {
    const url = '/assets/app-1a2b.js';
    const gzipped = await get(url, { 'accept-encoding': 'gzip' });
    expect(gzipped.headers['content-encoding']).toBe('gzip');
    expect(String(gunzipSync(gzipped.rawPayload))).toBe(SCRIPT);
    const plain = await get(url, { 'accept-encoding': 'identity' });
    expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, SCRIPT]);
    const font = await get('/assets/font.woff2', { 'accept-encoding': 'br, gzip' });
    expect([font.headers['content-encoding'], font.body]).toEqual([undefined, 'font']);
  });

  it('beside the page are asked for again each time', async () => {
    const { headers, statusCode } = await get('/favicon.svg');
    expect([statusCode, headers['cache-control']]).toEqual([200, 'no-cache']);
    expect(headers['content-type']).toMatch(/^image\/svg\+xml/);
    expect(headers['content-security-policy']).toMatch(/default-src 'self'/);
  });

  it.each([
    '/assets/nothing.js',
    '/assets/',
    '/assets',
    '/index.html.br',
    '/secret.txt',
    '/assets/../index.html',
    '/assets/../../secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/..\\..\\secret.txt',
    '/assets/%00',
    '//secret.txt',
  ])('that are none of the build are not served: %s', async (url) => {
    const { statusCode, body } = await get(url);
    expect([400, 403, 404]).toContain(statusCode);
    expect(body).not.toContain('secret\n');
    expect(body).not.toBe('secret');
  });
});

it('says so where the server was built without them', async () => {
  const bare = Fastify();
  bare.get('/live', () => 'taken');
  explainMissingPages(bare);
  const { body } = await bare.inject('/');
  expect(body).toContain('The dashboard has not been built: run npm run build.');
  expect((await bare.inject('/live')).body).toBe('taken');
  await bare.close();
});
