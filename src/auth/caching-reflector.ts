import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

type Targets = Parameters<Reflector['getAllAndOverride']>[1];

/** A Reflector that looks each thing up once: what decorators wrote does not change, and guards ask at every request. */
@Injectable()
export class CachingReflector extends Reflector {
  private readonly known = new WeakMap<Targets[number], Map<unknown, unknown>>();

  override getAllAndOverride<TResult>(metadataKey: unknown, targets: Targets): TResult {
    // A handler belongs to one class: it alone tells the rest of the targets.
    const [handler] = targets;
    let values = this.known.get(handler);
    if (!values) this.known.set(handler, (values = new Map()));
    if (!values.has(metadataKey))
      values.set(metadataKey, super.getAllAndOverride(metadataKey as string, targets));
    return values.get(metadataKey) as TResult;
  }
}
