import { Controller, Get, Res, applyDecorators, type Type } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import type { FastifyReply } from 'fastify';
import { register } from 'prom-client';
import { Public, RequireScope } from '../../auth/index.js';
import { ApiFailures, ApiPublicFailures } from '../../http/query/openapi.js';
import { expose } from './cluster-metrics.js';

const ForAnybody = () => applyDecorators(Public(), RouteConfig({ keyless: true }), ApiPublicFailures());
const ForKeys = () => applyDecorators(RequireScope('query'), ApiFailures());

/** The page of metrics, for anybody or (METRICS_REQUIRE_KEY) for keys. PrometheusModule sets its path. */
export function metricsController(requiresKey: boolean): Type<PrometheusController> {
  @ApiTags('Operations')
  @Controller()
  class MetricsController extends PrometheusController {
    @Get()
    @(requiresKey ? ForKeys() : ForAnybody())
    @ApiOperation({
      operationId: 'getServerMetrics',
      summary: "The server's own metrics, for Prometheus",
      description: 'Of all processes of the server. With METRICS_REQUIRE_KEY, for keys with the scope query.',
    })
    @ApiResponse({
      status: 200,
      description: 'The text format of Prometheus, 0.0.4',
      content: { 'text/plain': { schema: { type: 'string' } } },
    })
    override index(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
      void reply.header('content-type', register.contentType);
      return expose();
    }
  }
  return MetricsController;
}
