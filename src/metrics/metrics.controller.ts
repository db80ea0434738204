import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import type { FastifyReply } from 'fastify';
import cluster from 'node:cluster';
import { Public, RequireScope } from '../auth/index.js';
import { scrapeAll } from './cluster-metrics.js';

class MetricsPage extends PrometheusController {
  override async index(reply: FastifyReply): Promise<string> {
    const own = await super.index(reply);
    return cluster.isWorker ? scrapeAll() : own;
  }
}

/** Prometheus text, for anybody. PrometheusModule sets the path. */
@ApiExcludeController()
@Controller()
@Public()
export class OpenMetricsController extends MetricsPage {
  @Get()
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
