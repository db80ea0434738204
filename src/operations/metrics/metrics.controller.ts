import { Controller, Get, Res, applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import type { FastifyReply } from 'fastify';
import { register } from 'prom-client';
import { Public, RequireScope } from '../../auth/index.js';
import { ApiFailures, ApiPublicFailures } from '../../http/query/openapi.js';
import { expose } from './cluster-metrics.js';

class MetricsPage extends PrometheusController {
  override index(reply: FastifyReply): Promise<string> {
    void reply.header('content-type', register.contentType);
    return expose();
  }
}

/** Prometheus text, for anybody. PrometheusModule sets the path. */
@ApiTags('Operations')
@Controller()
@Public()
export class OpenMetricsController extends MetricsPage {
  @Get()
  @RouteConfig({ keyless: true })
  @ApiMetricsPage()
  override index(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return super.index(reply);
  }
}

/** The same for METRICS_REQUIRE_KEY. */
@ApiTags('Operations')
@Controller()
@RequireScope('query')
export class KeyedMetricsController extends MetricsPage {
  @Get()
  @ApiKeyedMetricsPage()
  override index(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return super.index(reply);
  }
}

/** The page of metrics: for a controller's route. */
function ApiMetricsPage() {
  return applyDecorators(
    ApiOperation({
      operationId: 'getServerMetrics',
      summary: "The server's own metrics, for Prometheus",
      description: 'Of all processes of the server. With METRICS_REQUIRE_KEY, for keys with the scope query.',
    }),
    ApiPublicFailures(),
    ApiResponse({
      status: 200,
      description: 'The text format of Prometheus, 0.0.4',
      content: { 'text/plain': { schema: { type: 'string' } } },
    }),
  );
}

/** The same where a key is asked for. */
function ApiKeyedMetricsPage() {
  return applyDecorators(ApiMetricsPage(), ApiFailures());
}
