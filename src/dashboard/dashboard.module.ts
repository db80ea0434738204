import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Inject, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { servePages, explainMissingPages } from './pages.js';

/** What `npm run build` makes of web/, beside the compiled server. */
const WEB_DIR = fileURLToPath(new URL('../../web/', import.meta.url));

/** The web dashboard's files. Its data comes from the API like everybody's. */
@Module({})
export class DashboardModule implements OnApplicationBootstrap {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  // Registered last: METRICS_PATH and HEALTH_CHECK_PATH take precedence over a page of the same path.
  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.dashboardEnabled) return;
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    if (existsSync(join(WEB_DIR, 'index.html'))) {
      await servePages(fastify, WEB_DIR);
      return;
    }
    new Logger('Dashboard').warn('the dashboard has not been built: run npm run build');
    explainMissingPages(fastify);
  }
}
