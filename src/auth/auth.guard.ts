import './caller-property.js';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SightlineError } from '../core/errors.js';
import { hasScope, type Caller } from '../core/ports/api-key.js';
import { Clock } from '../core/ports/clock.js';
import { ACCESS, type Access } from './access.js';
import { Authenticator } from './authenticator.js';
import { KeyRegistry } from './key-registry.js';
import { RotationPolicy } from './rotation-policy.js';

/** Lets a request in, or throws why not; leaves its `Caller` on it. Synchronous for a known key. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly registry: KeyRegistry,
    private readonly rotation: RotationPolicy,
    private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access =
      this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
        context.getHandler(),
        context.getClass(),
      ]) ?? 'admin';
    if (access === 'public') return true;
    // Not switchToHttp(), which allocates three functions at each call.
    const request = context.getArgByIndex<FastifyRequest>(0);
    const reply = context.getArgByIndex<FastifyReply>(1);
    const caller = request.caller ?? this.authenticator.authenticate(request);
    return caller instanceof Promise
      ? caller.then((found) => this.admit(found, access, request, reply))
      : this.admit(caller, access, request, reply);
  }

  private admit(
    caller: Caller,
    access: Exclude<Access, 'public'>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): boolean | Promise<boolean> {
    const { key } = caller;
    if (key && this.rotation.isDue(key, this.clock.nowMs())) void reply.header('x-api-key-rotate', 'due');
    if (access === 'key' ? key === null : !hasScope(caller.scopes, access)) {
      throw new SightlineError(
        'forbidden',
        access === 'key' ? 'An API key is required.' : `This requires the scope ${access}.`,
      );
    }
    request.caller = caller;
    const { project } = request.query as { project?: unknown };
    // An empty one counts as absent, like every parameter.
    return project === undefined || project === '' ? true : this.choose(request, caller, project);
  }

  private choose(request: FastifyRequest, caller: Caller, project: unknown): boolean | Promise<boolean> {
    if (project === caller.project) return true;
    if (!caller.scopes.includes('admin')) {
      throw new SightlineError('forbidden', 'This key belongs to another project.');
    }
    if (typeof project !== 'string') {
      throw new SightlineError('validation_error', 'The request is not valid.', {
        details: [{ field: 'project', message: 'must be given only once' }],
      });
    }
    return this.enter(request, caller, project) || this.lookUp(request, caller, project);
  }

  private enter(request: FastifyRequest, caller: Caller, project: string): boolean {
    const projectId = this.registry.projectId(project);
    if (projectId === undefined) return false;
    request.caller = { ...caller, projectId, project };
    return true;
  }

  // Another process may have made the project just now.
  private async lookUp(request: FastifyRequest, caller: Caller, project: string): Promise<boolean> {
    await this.registry.refresh();
    if (this.enter(request, caller, project)) return true;
    throw new SightlineError('not_found', 'There is no such project.', {
      details: [{ field: 'project', message: 'is unknown' }],
    });
  }
}

/** A Reflector that caches its lookups: metadata does not change, and guards ask for it at every request. */
@Injectable()
export class CachingReflector extends Reflector {
  private readonly known = new WeakMap<Targets[number], Map<unknown, unknown>>();

  override getAllAndOverride<TResult>(metadataKey: unknown, targets: Targets): TResult {
    // A handler belongs to one class, so it identifies the other targets too.
    const [handler] = targets;
    let values = this.known.get(handler);
    if (!values) this.known.set(handler, (values = new Map()));
    if (!values.has(metadataKey))
      values.set(metadataKey, super.getAllAndOverride(metadataKey as string, targets));
    return values.get(metadataKey) as TResult;
  }
}

type Targets = Parameters<Reflector['getAllAndOverride']>[1];
