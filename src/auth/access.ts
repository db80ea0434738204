import { isIP } from 'node:net';
import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import type { Caller, Scope } from '../core/ports/api-key.js';
import type { Actor } from '../core/ports/audit.js';

/** What a route asks of its caller; `key` is any key that counts. */
export type Access = Scope | 'key' | 'public';

export const ACCESS = 'sightline:access';

/** Metadata for the guard alone; RequireScope also describes the route in the OpenAPI document. */
export const requires = (access: Access) => SetMetadata(ACCESS, access);

/** The route, or every route of the controller, needs this scope, and the document says so. A route that says nothing needs `admin`. */
export const RequireScope = (scope: Scope) => applyDecorators(requires(scope), ApiSecurity('key', [scope]));

/** The route needs a key, whatever its scopes. */
export const RequireKey = () => applyDecorators(requires('key'), ApiSecurity('key', []));

/** The route is open to everybody, and has no limit by key. */
export const Public = () => applyDecorators(requires('public'), SkipThrottle());

/** The `Caller` of a route that is not public. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.getArgByIndex<FastifyRequest>(0);
  if (caller === null) throw new Error('a public route has no caller');
  return caller;
});

/** Who a change is put down to, in the audit log. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor =>
  actorOf(context.getArgByIndex<FastifyRequest>(0)),
);

/** The actor of a request: its key, or `anonymous` without a valid one. */
export function actorOf({ caller, ip }: Pick<FastifyRequest, 'caller' | 'ip'>): Actor {
  const key = caller?.key;
  return {
    kind: key ? 'key' : 'anonymous',
    key: key ? { id: key.id, name: key.name, prefix: key.prefix } : null,
    user: null,
    // A trusted proxy may forward something that is not an address.
    address: isIP(ip) ? ip : null,
  };
}
