import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { UniqueIpsModule } from '../../access/unique-ips/unique-ips.module.js';
import type { Config } from '../../config/settings.js';
import { HealthController, ProbeController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { LogIndicators, ProgressIndicators, StoreIndicators } from './indicators.js';
import { Readiness } from './readiness.js';

@Module({})
export class HealthModule {
  static register({ healthPath }: Config): DynamicModule {
    Reflect.defineMetadata('path', healthPath, HealthController);
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false }), UniqueIpsModule],
      controllers: [HealthController, ProbeController],
      providers: [HealthService, StoreIndicators, ProgressIndicators, LogIndicators, Readiness],
      exports: [HealthService],
    };
  }
}
