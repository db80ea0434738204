import { ApiProperty, ApiSchema } from '@nestjs/swagger';

export type ServiceState = 'healthy' | 'degraded' | 'unhealthy' | 'disabled';

export class ServiceStates {
  database: ServiceState;
  // the database again, unless ACCESS_STORE=mysql
  access_store: ServiceState;
  cache: ServiceState;
  queue: ServiceState;
  counting: ServiceState;
  // disabled with INGEST_MODE=direct
  kafka: ServiceState;
}

@ApiSchema({ name: 'Health' })
export class HealthView {
  status: 'healthy' | 'degraded' | 'unhealthy';
  @ApiProperty({ format: 'date-time' }) timestamp: string;
  version: string;

  /** Seconds since the server started. */
  @ApiProperty({ type: 'integer' }) uptime: number;

  /** Over all projects. */
  @ApiProperty({ type: 'integer' }) unique_ip_count: number;

  services: ServiceStates;

  /** What its operators must know of how durable acknowledged records are; only there when there is something. */
  warnings?: string[];
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
