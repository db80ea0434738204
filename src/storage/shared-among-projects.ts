import type { ProjectLanes } from '../core/lanes.js';

/**
 * The same store, with what is asked of one project (the first argument of a method says which) kept to its share of the
 * connections. Not `streams`: asynchronous iterables, which only the server itself reads.
 */
export function sharedAmongProjects<Store extends object>(
  store: Store,
  lanes: ProjectLanes,
  streams: readonly (keyof Store)[] = [],
): Store {
  return new Proxy(store, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver);
      if (typeof member !== 'function' || streams.includes(property as keyof Store)) return member;
      return (...args: unknown[]): unknown => {
        const [projectId] = args;
        const ask = (): unknown => Reflect.apply(member, target, args);
        return typeof projectId === 'number' ? lanes.run(projectId, () => Promise.resolve(ask())) : ask();
      };
    },
  });
}
