import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import type { FastifyReply } from 'fastify';
import { register } from 'prom-client';
import { Public, RequireScope } from '../auth/index.js';
import { expose } from './cluster-metrics.js';

class MetricsPage extends PrometheusController {
  override index(reply: FastifyReply): Promise<string> {
    void reply.header('content-type', register.contentType);
    return expose();
  }
}

/** Prometheus text, for anybody. PrometheusModule sets the path. */
@ApiExcludeController()
@Controller()
@Public()
export class OpenMetricsController extends MetricsPage {
  @Get()
  @RouteConfig({ keyless: true })
  override index(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return super.index(reply);
  }
}

/** The same for METRICS_REQUIRE_KEY. */
@ApiExcludeController()
@Controller()
@RequireScope('query')
export class KeyedMetricsController extends MetricsPage {
  @Get()
  override index(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return super.index(reply);
  }
}
