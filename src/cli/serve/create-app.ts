import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from '../../app.module.js';
import type { Config } from '../../config/settings.js';
import { configureHttp } from '../../http/configure-http.js';
import { createFastifyAdapter } from '../../http/fastify-adapter.js';
import { setUpOpenApi } from '../../http/openapi.js';
import { NestLogger } from '../../logging/logger.js';
import type { Database } from '../../storage/postgres/database.js';

/** The application over a migrated database, initialised and not yet listening. */
export async function createApp(
  config: Config,
  database: Database,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.of(config, database),
    createFastifyAdapter(config),
    { bodyParser: false, logger: new NestLogger(logger), abortOnError: false },
  );
  configureHttp(app, config, logger);
  setUpOpenApi(app);
  await app.init();
  return app;
}
