import type { Counter, Histogram } from 'prom-client';
import { SightlineError } from '../core/errors.js';

export interface OperationMetrics {
  duration: Histogram;
  errors: Counter;
}

/** The same store, with each method timed and its failures counted under its name: `append`, `page`, `stats`, … */
export function observed<Store extends object>(store: Store, { duration, errors }: OperationMetrics): Store {
  const begun = new Set<string>();
  return new Proxy(store, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver);
      if (typeof member !== 'function' || typeof property !== 'string') return member;
      return (...args: unknown[]) => {
        // Before its first failure: from nothing to 1 is no increase to Prometheus.
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

// A cursor that is not valid is the client's fault, not the database's.
function isFault(error: unknown): boolean {
  return !(error instanceof SightlineError) || ['storage_unavailable', 'timeout'].includes(error.code);
}
