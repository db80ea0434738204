import { Controller, Get, Res } from '@nestjs/common';
import { ApiSecurity, ApiTags } from '@nestjs/swagger';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import type { FastifyReply } from 'fastify';
import cluster from 'node:cluster';
import { Public, RequireScope } from '../auth/index.js';
import { scrapeAll } from './cluster-metrics.js';
import { ApiKeyedMetricsPage, ApiMetricsPage } from './metrics.openapi.js';

class MetricsPage extends PrometheusController {
  override async index(reply: FastifyReply): Promise<string> {
    const own = await super.index(reply);
    return cluster.isWorker ? scrapeAll() : own;
  }
}

/** Prometheus text, for anybody. PrometheusModule sets the path. */
@ApiTags('Operations')
@Controller()
@Public()
export class OpenMetricsController extends MetricsPage {
  @Get()
  @ApiMetricsPage()
  override index(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return super.index(reply);
  }
}

/** The same for METRICS_REQUIRE_KEY. */
@ApiTags('Operations')
@ApiSecurity('key')
@Controller()
@RequireScope('query')
export class KeyedMetricsController extends MetricsPage {
  @Get()
  @ApiKeyedMetricsPage()
  override index(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return super.index(reply);
  }
}
