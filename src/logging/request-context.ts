import { AsyncLocalStorage } from 'node:async_hooks';

/** The request that the running code works for: its id stands on every log line. */
export const requestContext = new AsyncLocalStorage<{ requestId: string }>();
