import type { Abstract, Provider } from '@nestjs/common';
import { getToken } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';
import { Clock } from '../core/clock.js';
import type { Lanes } from '../core/lanes.js';
import { observed } from './observed.js';
import { sharedAmongProjects } from './shared-among-projects.js';

type Make<Connections, Port> = (connections: Connections, clock: Clock) => Port;

/** Gives ports to the application: their implementations over the connections that `Connections` is the token of, timed. */
export function implementOver<Connections>(connections: Abstract<Connections>) {
  return <Port extends object>(
    port: Abstract<Port>,
    make: Make<Connections, Port>,
    share: (connections: Connections, port: Port) => Port = (_, port) => port,
  ): Provider => ({
    provide: port,
    inject: [
      connections,
      Clock,
      getToken('database_operation_duration_seconds'),
      getToken('database_errors_total'),
    ],
    useFactory: (connections: Connections, clock: Clock, duration: Histogram, errors: Counter) =>
      share(connections, observed(make(connections, clock), { duration, errors })),
  });
}

/** The same for ports that read: each project's questions have their share of the connections, and wait outside the time. */
export function readOver<Connections extends { readers: Lanes }>(connections: Abstract<Connections>) {
  const implement = implementOver(connections);
  return <Port extends object>(
    port: Abstract<Port>,
    make: Make<Connections, Port>,
    streams: readonly (keyof Port)[] = [],
  ): Provider => implement(port, make, ({ readers }, store) => sharedAmongProjects(store, readers, streams));
}
