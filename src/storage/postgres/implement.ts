import type { Provider } from '@nestjs/common';
import { getToken } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';
import { Clock } from '../../core/clock.js';
import { observed } from '../observed.js';
import { Database } from './database.js';

type Port<T> = abstract new () => T;
type Make<T> = (database: Database, clock: Clock) => T;

/** Gives a port to the application: its PostgreSQL implementation, timed. */
export function implement<T extends object>(port: Port<T>, make: Make<T>): Provider {
  return {
    provide: port,
    inject: [
      Database,
      Clock,
      getToken('database_operation_duration_seconds'),
      getToken('database_errors_total'),
    ],
    useFactory: (database: Database, clock: Clock, duration: Histogram, errors: Counter) =>
      observed(make(database, clock), { duration, errors }),
  };
}
