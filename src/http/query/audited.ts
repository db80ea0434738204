import { RouteConfig } from '@nestjs/platform-fastify';
import type { AuditAction } from '../../core/ports/audit.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route does, for the audit log: a request that is refused is recorded too. */
    audited?: AuditAction;
  }
}

/** Refusals of this route are put down in the audit log. The change itself is recorded by the store that makes it. */
export const Audited = (action: AuditAction) => RouteConfig({ audited: action });
