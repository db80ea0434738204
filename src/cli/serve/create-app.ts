import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from '../../app.module.js';
import { ConfigError } from '../../config/config-error.js';
import type { Config } from '../../config/settings.js';
import { configureHttp } from '../../http/configure-http.js';
import { createFastifyAdapter } from '../../http/fastify-adapter.js';
import { setUpOpenApi } from '../../http/openapi.js';
import { NestLogger } from '../../logging/logger.js';
import type { Connections } from '../../storage/connections.js';

/** The application over migrated databases, initialised and not yet listening. */
export async function createApp(
  config: Config,
  connections: Connections,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.of(config, connections),
    createFastifyAdapter(config),
    { bodyParser: false, logger: new NestLogger(logger), abortOnError: false },
  );
  configureHttp(app, config, logger);
  setUpOpenApi(app);
  await app.init().catch((error: unknown) => {
    throw explainedRoute(error, config);
  });
  return app;
}

/** Of the routes only these two have a path that is a setting. */
function explainedRoute(error: unknown, config: Config): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'FST_ERR_DUPLICATED_ROUTE') return error;
  const isHealth = message.includes(`'${config.healthPath.replace(/(.)\/$/, '$1')}'`);
  return new ConfigError(
    isHealth ? 'HEALTH_CHECK_PATH' : 'METRICS_PATH',
    'path',
    'is already the path of another route',
  );
}
