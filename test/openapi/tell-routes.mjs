// Loaded before the server (node --import): writes every route that Fastify is given, as soon as it listens.
import { subscribe } from 'node:diagnostics_channel';

subscribe('fastify.initialization', ({ fastify }) => {
  const routes = [];
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push(`${one} ${url}`);
  });
  fastify.addHook('onListen', (done) => {
    console.error(`routes: ${JSON.stringify(routes)}`);
    done();
  });
});
