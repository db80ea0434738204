import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { HealthReport } from './health.service.js';

type State = 'healthy' | 'degraded' | 'unhealthy' | 'disabled';

export class ServiceStates implements Record<keyof HealthReport['services'], State> {
  database: State;
  access_store: State;
  cache: State;
  queue: State;
  counting: State;
}

@ApiSchema({ name: 'Health' })
export class HealthView implements HealthReport {
  status: 'healthy' | 'degraded' | 'unhealthy';
  @ApiProperty({ format: 'date-time' }) timestamp: string;
  version: string;

  /** Seconds since the server started. */
  @ApiProperty({ type: 'integer' }) uptime: number;

  /** Over all projects. */
  @ApiProperty({ type: 'integer' }) unique_ip_count: number;

  services: ServiceStates;
}

@ApiSchema({ name: 'Readiness' })
export class ReadinessView {
  ready: boolean;
  message: string;
}

@ApiSchema({ name: 'Liveness' })
export class LivenessView {
  @ApiProperty({ type: Boolean, enum: [true] }) alive: true;
  @ApiProperty({ type: 'integer' }) uptime: number;
  version: string;
}
