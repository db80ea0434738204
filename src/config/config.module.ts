import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Clock, SystemClock } from '../core/ports/clock.js';
import type { Config } from './settings.js';

/** Injection token of the frozen `Config`. */
export const CONFIG = Symbol('CONFIG');

/** Gives every module the settings and the clock. */
@Global()
@Module({})
export class ConfigModule {
  static register(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: Clock, useClass: SystemClock },
      ],
      exports: [CONFIG, Clock],
    };
  }
}
