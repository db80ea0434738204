import { Module } from '@nestjs/common';
import { InjectMetric, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { UniqueIpCount } from '../../core/ports/access-store.js';
import { UniqueIps } from './unique-ips.js';

/** How many addresses there are. Needs an `AddressStore` and an `AccessDelivery`. */
@Module({
  providers: [
    UniqueIps,
    { provide: UniqueIpCount, useExisting: UniqueIps },
    makeGaugeProvider({
      name: 'unique_ip_addresses',
      help: 'Addresses that access entries came from, over all projects',
      // every worker counts the same addresses
      aggregator: 'max',
    }),
  ],
  exports: [UniqueIps, UniqueIpCount],
})
export class UniqueIpsModule {
  constructor(count: UniqueIpCount, @InjectMetric('unique_ip_addresses') gauge: Gauge) {
    // Read when scraped: nothing to keep up with in between.
    Object.assign(gauge, { collect: () => gauge.set(count.total()) });
  }
}
