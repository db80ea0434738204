import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf } from '../auth/index.js';
import '../api/audited.js';
import type { Actor, AuditAction } from '../core/audit.js';
import type { Clock } from '../core/clock.js';
import type { RefusalLog } from './refusal-log.js';

/** Not 429: who is turned away for asking too often was recorded before. Not 5xx: that is no refusal. */
const REFUSED = new Set([400, 401, 403, 404]);

/** Nothing else of a URL: it may hold what a terminal obeys, or what PostgreSQL refuses. */
const KEY_ID = /^[0-9a-f-]{36}$/i;

/** Whose key this is, of those that the server knows. */
type KeyOwner = (key: string) => Actor['key'];

/** Records refused requests to routes that are `Audited`, whoever refused them: a guard, a check or the service. */
export function recordRefusals(
  fastify: FastifyInstance,
  log: Pick<RefusalLog, 'add'>,
  clock: Clock,
  ownerOf: KeyOwner,
): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { audited } = request.routeOptions.config;
    if (audited !== undefined && REFUSED.has(reply.statusCode)) {
      const { id = null } = (request.params ?? {}) as { id?: string };
      log.add({
        action: audited,
        actor: actorOfRefused(request, audited, ownerOf),
        atMs: clock.nowMs(),
        project: request.caller?.project ?? null,
        target: id !== null && KEY_ID.test(id) ? id : null,
        details: { status: reply.statusCode },
      });
    }
    done();
  });
}

// The key of a log-in comes in its body: one of too little scope is known all the same.
function actorOfRefused(request: FastifyRequest, action: AuditAction, ownerOf: KeyOwner): Actor {
  const actor = actorOf(request);
  const { key } = (request.body ?? {}) as { key?: unknown };
  const owner = action === 'log_in' && typeof key === 'string' ? ownerOf(key.trim()) : null;
  return owner === null ? actor : { ...actor, kind: 'key', key: owner };
}
