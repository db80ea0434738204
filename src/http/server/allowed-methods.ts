import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';
import findMyWay from 'find-my-way';

const METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
// Fastify's router answers only "no such route"; this one knows the same paths for every method.
const routers = new WeakMap<FastifyInstance, ReturnType<typeof findMyWay>>();

/** Must be called before the first route is added. */
export function collectRoutes(fastify: FastifyInstance): void {
  const router = findMyWay(ROUTER_OPTIONS);
  routers.set(fastify, router);
  fastify.addHook('onRoute', ({ method, url }) => {
    // A catch-all route is not a resource.
    if (url.includes('*')) return;
    for (const one of Array.isArray(method) ? method : [method]) {
      if (!router.hasRoute(one as never, url)) router.on(one as never, url, () => undefined);
    }
  });
}

/** How a path is looked up. */
export const ROUTER_OPTIONS = {
  // An event_id of 255 characters, each up to 12 bytes when percent-encoded.
  maxParamLength: 255 * 12,
  // A base URL with a trailing slash leads to `//logs` or `/logs/`, which can mean nothing else.
  ignoreTrailingSlash: true,
  ignoreDuplicateSlashes: true,
};

/** The methods that a request's path allows. */
export function allowedMethods(request: FastifyRequest): string[] {
  const router = routers.get(request.server);
  const path = request.url.split('?', 1)[0];
  return METHODS.filter((method) => router?.find(method as never, path) != null);
}
