import { describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { SharedLanes } from './shared-lanes.js';

describe('shared lanes', () => {
  const begin = (lanes: SharedLanes, names: readonly string[]) => {
    const started: string[] = [];
    const ends: (() => void)[] = [];
    const work = (name: string) => () => {
      started.push(name);
      return new Promise<void>((end) => ends.push(end));
    };
    const all = Promise.all(names.map((name) => lanes.run(name.codePointAt(0)!, work(name))));
    const endAll = async (): Promise<void> => {
      for (await setImmediate(); ends.length > 0; await setImmediate()) ends.shift()!();
      await all;
    };
    return { started, endAll };
  };

  it('leave half to other projects', async () => {
    const { started, endAll } = begin(new SharedLanes(4), ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2']);
    await setImmediate();
    expect(started).toEqual(['a1', 'a2', 'b1', 'c1']);
    await endAll();
    expect(started.toSorted()).toEqual(['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']);
  });

  it('are taken by turns where there is one', async () => {
    const { started, endAll } = begin(new SharedLanes(1), ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']);
    await endAll();
    expect(started).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });
});
