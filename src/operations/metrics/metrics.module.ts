import { Global, Module, type DynamicModule } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { collectDefaultMetrics } from 'prom-client';
import type { Config } from '../../config/settings.js';
import { RequestMetrics } from '../../http/server/request-metrics.js';
import { metricsController } from './metrics.controller.js';
import { metricProviders } from './metrics.js';

/** The process's metrics, and the page that shows them (on the main port, unless METRICS_PORT has it: see metrics-server.ts). */
@Global()
@Module({})
export class MetricsModule {
  static register(config: Config): DynamicModule {
    if (hasOwnPort(config)) collectDefaultMetrics();
    return {
      module: MetricsModule,
      imports: config.metricsEnabled && !hasOwnPort(config) ? [pageOf(config)] : [],
      providers: [...metricProviders, RequestMetrics],
      exports: metricProviders,
    };
  }
}

/** Are metrics served on METRICS_PORT? */
export function hasOwnPort({ metricsEnabled, metricsPort }: Config): boolean {
  return metricsEnabled && metricsPort !== 0;
}

function pageOf({ metricsPath, metricsRequireKey }: Config): DynamicModule {
  return PrometheusModule.register({ path: metricsPath, controller: metricsController(metricsRequireKey) });
}
