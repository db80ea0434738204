import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf } from '../auth/index.js';
import type { KeyRegistry } from '../auth/key-registry.js';
import { AuditStore, type Refusal, type Actor, type AuditAction } from '../core/ports/audit.js';
import { Clock } from '../core/ports/clock.js';

const WRITE_EVERY_MS = 5_000;
/**
 * Refusals that get a row of their own in one write: the others are counted together, so that a flood from many addresses does
 * not fill the table.
 */
const MOST_KINDS = 5;

/** Not 429: the refusals that led to it are recorded already. Not 5xx: those are failures, not refusals. */
const REFUSED = new Set([400, 401, 403, 404]);

/** No other characters of a URL: it may hold escape sequences of a terminal, or what PostgreSQL refuses. */
const KEY_ID = /^[0-9a-f-]{36}$/i;

/** The same refusal, so many times. */
interface Folded {
  refusal: Refusal;
  more: number;
}

/**
 * Records what was refused, in the background. The first is written at once; what comes within five seconds after is folded by
 * action, address, key and status. No more than 60 rows a minute are written, and those that count all others.
 */
@Injectable()
export class RefusalLog implements OnApplicationShutdown {
  private readonly logger = new Logger(RefusalLog.name);
  private kinds = new Map<string, Folded>();
  private writtenAtMs = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: AuditStore,
    private readonly clock: Clock,
  ) {}

  add(refusal: Refusal): void {
    this.fold({ refusal, more: 0 });
    this.schedule();
  }

  /** At this point no request is left, and the database is still connected. */
  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.writing;
    await this.write();
  }

  private schedule(): void {
    if (this.timer !== undefined) return;
    const waitMs = Math.max(0, this.writtenAtMs + WRITE_EVERY_MS - this.clock.nowMs());
    this.timer = setTimeout(() => void this.write(), waitMs).unref();
  }

  private fold({ refusal, more }: Folded): void {
    const { action, actor, details } = refusal;
    const own = JSON.stringify([action, actor.address, actor.key?.id, details.status]);
    const key = this.kinds.has(own) || this.kinds.size < MOST_KINDS ? own : action;
    const known = this.kinds.get(key);
    if (known) known.more += 1 + more;
    else this.kinds.set(key, { refusal: key === own ? refusal : ofMany(refusal), more });
  }

  private async write(): Promise<void> {
    this.timer = undefined;
    if (this.kinds.size === 0) return;
    const folded = [...this.kinds.values()];
    this.kinds = new Map();
    this.writtenAtMs = this.clock.nowMs();
    this.writing = this.store.addRefusals(folded.map(withCount)).catch((error: unknown) => {
      for (const one of folded) this.fold(one);
      this.schedule();
      this.logger.debug(`refusals could not be recorded: ${String(error)}`);
    });
    await this.writing;
  }
}

/** Without what differs from one to the next. */
function ofMany({ action, atMs }: Refusal): Refusal {
  const actor = { kind: 'anonymous', key: null, user: null, address: null } as const;
  return { action, atMs, actor, project: null, target: null, details: {} };
}

function withCount({ refusal, more }: Folded): Refusal {
  return more === 0 ? refusal : { ...refusal, details: { ...refusal.details, folded: more } };
}

/** Records refused requests to routes that are `Audited`, whoever refused them: a guard, a check or the service. */
export function recordRefusals(
  fastify: FastifyInstance,
  log: Pick<RefusalLog, 'add'>,
  keys: KeyRegistry,
  clock: Clock,
): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { audited } = request.routeOptions.config;
    if (audited !== undefined && REFUSED.has(reply.statusCode)) {
      const { id = null } = (request.params ?? {}) as { id?: string };
      log.add({
        action: audited,
        actor: actorOfRefused(request, audited, keys),
        atMs: clock.nowMs(),
        project: request.caller?.project ?? null,
        target: id !== null && KEY_ID.test(id) ? id : null,
        details: { status: reply.statusCode },
      });
    }
    done();
  });
}

// The key of a log-in comes in its body: one that lacks the scope still names its owner.
function actorOfRefused({ caller, ip, body }: FastifyRequest, action: AuditAction, keys: KeyRegistry): Actor {
  const { key } = (body ?? {}) as { key?: unknown };
  const owner = action === 'log_in' && typeof key === 'string' ? keys.find(key.trim()) : undefined;
  return actorOf({ caller: owner ?? caller, ip });
}
