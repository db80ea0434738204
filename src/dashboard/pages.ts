import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SightlineError } from '../core/errors.js';

const ASSETS = '/assets/';
const ONE_YEAR_MS = 31_536_000_000;
/** Nothing below these is a page, whoever asks. */
const PROGRAM_PATHS = /^\/(api|assets)\//;

/** Only the server's own files: a script smuggled in by an event's name does not run, and nothing is fetched from elsewhere. */
const PAGE_CSP = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The pages, which are one file: it looks at the address itself. */
export const PAGE_PATHS = [
  '/',
  '/explore',
  '/access',
  '/live',
  '/system',
  '/audit',
  '/dead-letters',
] as const;

/**
 * Serves the built dashboard: files under assets/ have a hash in their names and are kept for ever, the page and what lies beside
 * it are asked for again each time (ETag). Where there is a file.br or file.gz, browsers that can get that. At an address at
 * which there is nothing a browser gets the page as well, with 404: it says so, and shows the way back.
 */
export async function servePages(fastify: FastifyInstance, dir: string): Promise<void> {
  fastify.addHook('onRoute', (route) => {
    if (route.url.startsWith(ASSETS)) route.config = { ...route.config, keyless: true };
  });
  await fastify.register(fastifyStatic, {
    root: join(dir, 'assets'),
    prefix: ASSETS,
    index: false,
    preCompressed: true,
    immutable: true,
    maxAge: ONE_YEAR_MS,
  });
  for (const url of PAGE_PATHS) serve(fastify, url, (reply) => sendPage(reply, dir, 'index.html'));
  fastify.decorate('sendUnknownPage', (request: FastifyRequest, reply: FastifyReply) => {
    if (!isNavigation(request)) return false;
    // Without ETag: a browser that kept this page would be told 304, with a status of 404 and nothing in it.
    void reply.code(404).headers({ 'content-security-policy': PAGE_CSP, 'cache-control': 'no-store' });
    void reply.sendFile('index.html', dir, { cacheControl: false, etag: false, lastModified: false });
    return true;
  });
  for (const file of filesBeside(dir)) serve(fastify, `/${file}`, (reply) => sendPage(reply, dir, file));
}

/** Is this a browser that navigates to a page? Programs ask for JSON, or for anything. */
function isNavigation({ method, url, headers }: FastifyRequest): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || PROGRAM_PATHS.test(url)) return false;
  return /\btext\/html\b/.test(headers.accept ?? '');
}

function serve(fastify: FastifyInstance, url: string, send: (reply: FastifyReply) => FastifyReply): void {
  if (!fastify.hasRoute({ method: 'GET', url }))
    fastify.get(url, { config: { keyless: true } }, (_request, reply) => send(reply));
}

function sendPage(reply: FastifyReply, dir: string, file: string): FastifyReply {
  return reply
    .headers({ 'content-security-policy': PAGE_CSP, 'cache-control': 'no-cache' })
    .sendFile(file, dir, { cacheControl: false });
}

/** An icon, a manifest: what the build leaves beside the page. */
function filesBeside(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .filter((name) => name !== 'index.html' && !/\.(br|gz)$/.test(name));
}

/** Where a person looks for the dashboard, says that this server was built without it. */
export function explainMissingPages(fastify: FastifyInstance): void {
  for (const url of PAGE_PATHS) {
    if (fastify.hasRoute({ method: 'GET', url })) continue;
    fastify.get(url, () => {
      throw new SightlineError(
        'not_found',
        'The dashboard has not been built: run npm run build. The API is described at /docs.',
      );
    });
  }
}
