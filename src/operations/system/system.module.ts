import { Module, type DynamicModule } from '@nestjs/common';
import { SystemController } from './system.controller.js';
import { SystemService } from './system.service.js';

/** /api/v1/system: the server, for who runs it. */
@Module({})
export class SystemModule {
  /** @param health the module that gives a `HealthService`. */
  static register(health: DynamicModule): DynamicModule {
    return {
      module: SystemModule,
      imports: [health],
      controllers: [SystemController],
      providers: [SystemService],
    };
  }
}
