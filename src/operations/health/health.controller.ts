import { Controller, Get, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiPublicFailures } from '../../http/query/openapi.js';
import { Public } from '../../auth/index.js';
import { ApiHealth, ApiLiveness, ApiReadiness } from './health.openapi.js';
import { HealthService, type HealthReport } from './health.service.js';

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
  @ApiOperation({ summary: 'State of the server and its services: 200 healthy, 206 degraded, 503 unhealthy' })
  @ApiHealth()
  async report(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
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
    summary:
      '200 while the server accepts requests, 503 while the database of events and keys is unavailable or the server is shutting down',
  })
  @ApiReadiness()
  async readiness(@Res({ passthrough: true }) reply: FastifyReply) {
    const answer = await this.health.ready();
    void reply.status(answer.ready ? 200 : 503);
    return answer;
  }

  @Get('liveness')
  @ApiOperation({ summary: '200 while the process is responding' })
  @ApiLiveness()
  liveness() {
    return this.health.alive();
  }
}
