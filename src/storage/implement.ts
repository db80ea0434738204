import type { Abstract, Provider } from '@nestjs/common';
import { getToken } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';
import { Clock } from '../core/clock.js';
import { observed } from './observed.js';

/** Gives ports to the application: their implementations over the connections that `Connections` is the token of, timed. */
export function implementOver<Connections>(connections: Abstract<Connections>) {
  return <Port extends object>(
    port: Abstract<Port>,
    make: (connections: Connections, clock: Clock) => Port,
  ): Provider => ({
    provide: port,
    inject: [
      connections,
      Clock,
      getToken('database_operation_duration_seconds'),
      getToken('database_errors_total'),
    ],
    useFactory: (connections: Connections, clock: Clock, duration: Histogram, errors: Counter) =>
      observed(make(connections, clock), { duration, errors }),
  });
}
