import { Controller, Get, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../auth/index.js';
import { Failure } from '../../http/query/failure.dto.js';
import { ApiPublicFailures, oneOf } from '../../http/query/openapi.js';
import { HealthView, LivenessView, ReadinessView } from './health.dto.js';
import { HealthService } from './health.service.js';

const STATUS = { healthy: 200, degraded: 206, unhealthy: 503 } as const;

/** For people and their monitors; HealthModule sets the path (HEALTH_CHECK_PATH). */
@ApiTags('Operations')
@ApiPublicFailures()
@Controller()
@Public()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get()
  @RouteConfig({ keyless: true })
  @ApiOperation({
    operationId: 'getHealth',
    summary: 'State of the server and its services',
    description: 'For people and their monitors: 200 healthy, 206 degraded, 503 unhealthy.',
  })
  @ApiOkResponse({ description: 'Everything works', type: HealthView })
  @ApiResponse({
    status: 206,
    description: 'Partly working: Redis is unavailable, the queue is full, or counting is far behind',
    type: HealthView,
  })
  @ApiResponse({
    status: 503,
    description: 'A store cannot be reached or did not respond in time',
    schema: oneOf(HealthView, Failure),
  })
  async report(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthView> {
    const report = await this.health.report();
    void reply.status(STATUS[report.status]);
    return report;
  }
}

/** For Kubernetes and load balancers. */
@ApiTags('Operations')
@ApiPublicFailures()
@Controller()
@Public()
export class ProbeController {
  constructor(private readonly health: HealthService) {}

  @Get('readiness')
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Does the server accept requests?',
    description:
      'For load balancers: 503 while the database of events and keys is unavailable or the server is shutting down.',
  })
  @ApiOkResponse({ description: 'Accepting requests', type: ReadinessView })
  @ApiResponse({
    status: 503,
    description:
      'The database of events and keys is unavailable or did not respond in time, or the server is shutting down',
    schema: oneOf(ReadinessView, Failure),
  })
  async readiness(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessView> {
    const answer = await this.health.ready();
    void reply.status(answer.ready ? 200 : 503);
    return answer;
  }

  @Get('liveness')
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Is the process responding?',
    description: 'For supervisors that restart it: checks nothing but the process, and has no rate limit.',
  })
  @ApiOkResponse({ description: 'The process is responding', type: LivenessView })
  liveness(): LivenessView {
    return this.health.alive();
  }
}
