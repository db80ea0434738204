import { Global, Module, type DynamicModule } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import type { Config } from '../config/settings.js';
import { KeyedMetricsController, OpenMetricsController } from './metrics.controller.js';
import { metricProviders } from './metrics.js';

/** The process's metrics, and the page that shows them. */
@Global()
@Module({})
export class MetricsModule {
  static of({ metricsEnabled, metricsPath, metricsRequireKey }: Config): DynamicModule {
    const controller = metricsRequireKey ? KeyedMetricsController : OpenMetricsController;
    return {
      module: MetricsModule,
      imports: metricsEnabled ? [PrometheusModule.register({ path: metricsPath, controller })] : [],
      providers: metricProviders,
      exports: metricProviders,
    };
  }
}
