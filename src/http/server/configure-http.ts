import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Config } from '../../config/settings.js';
import { Clock } from '../../core/ports/clock.js';
import { collectRoutes } from './allowed-methods.js';
import { registerAnswerBudget } from './answer-budget.js';
import { registerBodyParsers } from './body-parsers.js';
import { enableCors } from './cors.js';
import { registerDeadlines } from './deadlines.js';
import { registerEarlyChecks } from './early-checks.js';
import { ErrorFilter } from './error.filter.js';
import { registerRequestLog } from './request-log.js';
import { RequestMetrics } from './request-metrics.js';
import { registerResponseHeaders } from './response-headers.js';

/** Everything between the socket and the routes. Must run before the first route is added, that is before `app.init()`. */
export function configureHttp(app: NestFastifyApplication, config: Config, logger: Logger): void {
  const fastify = app.getHttpAdapter().getInstance();
  collectRoutes(fastify);
  registerRequestLog(fastify, logger, config.requestLog);
  registerResponseHeaders(fastify, config);
  registerDeadlines(fastify, config.requestTimeoutS * 1000);
  registerEarlyChecks(fastify, config, app.get(Clock));
  registerBodyParsers(fastify, config);
  registerAnswerBudget(fastify);
  app.get(RequestMetrics).register(fastify);
  enableCors(app, config);
  app.useGlobalFilters(new ErrorFilter());
}
