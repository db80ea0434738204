import type { Abstract, Provider } from '@nestjs/common';
import { getToken } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';
import { SightlineError } from '../core/errors.js';
import { Clock } from '../core/ports/clock.js';
import type { FairSemaphore } from '../core/semaphore.js';

type Make<Connections, Port> = (connections: Connections, clock: Clock) => Port;

/** Gives ports to the application: their implementations over the connections that `Connections` is the token of, timed. */
export function providePorts<Connections>(connections: Abstract<Connections>) {
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
      share(connections, instrumented(make(connections, clock), { duration, errors })),
  });
}

/** The same for ports that read: each project's queries get a share of the connections, and their waiting is not timed. */
export function provideReaders<Connections extends { readers: FairSemaphore }>(
  connections: Abstract<Connections>,
) {
  const implement = providePorts(connections);
  return <Port extends object>(
    port: Abstract<Port>,
    make: Make<Connections, Port>,
    streams: readonly (keyof Port)[] = [],
  ): Provider => implement(port, make, ({ readers }, store) => sharedAmongProjects(store, readers, streams));
}

interface OperationMetrics {
  duration: Histogram;
  errors: Counter;
}

/** The same store, with each method timed and its failures counted under its name: `append`, `page`, `stats`, … */
function instrumented<Store extends object>(store: Store, { duration, errors }: OperationMetrics): Store {
  const begun = new Set<string>();
  return new Proxy(store, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver);
      if (typeof member !== 'function' || typeof property !== 'string') return member;
      return (...args: unknown[]) => {
        // Present before the first failure: Prometheus sees no increase from an absent series to 1.
        if (!begun.has(property)) errors.inc({ operation: property }, 0);
        begun.add(property);
        const result: unknown = Reflect.apply(member, target, args);
        if (!(result instanceof Promise)) return result;
        const ended = duration.startTimer({ operation: property });
        return result.then(
          (value: unknown) => {
            ended();
            return value;
          },
          (error: unknown) => {
            ended();
            if (isFault(error)) errors.inc({ operation: property });
            throw error;
          },
        );
      };
    },
  });
}

// A refused query is the client's fault, not the database's.
function isFault(error: unknown): boolean {
  return !(error instanceof SightlineError) || ['storage_unavailable', 'timeout'].includes(error.code);
}

/**
 * The same store, with what is asked of one project (the first argument of a method says which) kept to its share of the
 * connections. Not `streams`: asynchronous iterables, which only the server itself reads.
 */
function sharedAmongProjects<Store extends object>(
  store: Store,
  semaphore: FairSemaphore,
  streams: readonly (keyof Store)[] = [],
): Store {
  return new Proxy(store, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver);
      if (typeof member !== 'function' || streams.includes(property as keyof Store)) return member;
      return (...args: unknown[]): unknown => {
        const [projectId] = args;
        const ask = (): unknown => Reflect.apply(member, target, args);
        return typeof projectId === 'number' ? semaphore.run(() => Promise.resolve(ask()), projectId) : ask();
      };
    },
  });
}
