import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller, Scope } from '../core/api-key.js';

/** What a route asks of its caller; `key` is any key that counts. */
export type Access = Scope | 'key' | 'public';

export const ACCESS = 'sightline:access';

/** The route, or every route of the controller, needs this scope. A route that says nothing needs `admin`. */
export const RequireScope = (scope: Scope) => SetMetadata<string, Access>(ACCESS, scope);

/** The route needs a key, whatever its scopes. */
export const RequireKey = () => SetMetadata<string, Access>(ACCESS, 'key');

/** The route is open to everybody, and not rate limited. */
export const Public = () => SetMetadata<string, Access>(ACCESS, 'public');

/** The `Caller` of a route that is not public. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.getArgByIndex<FastifyRequest>(0);
  if (caller === null) throw new Error('a public route has no caller');
  return caller;
});
