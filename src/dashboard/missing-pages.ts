import type { FastifyInstance } from 'fastify';
import { SightlineError } from '../core/errors.js';
import { PAGE_PATHS } from './page-paths.js';

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
