import { TestEnvironment } from 'jest-environment-node';

/**
 * Node's, with what a project of `jest.config.mjs` adds to `process.env` (`processEnv`). Chance comes from the seed that Jest
 * prints: `npm test -- --only RUN --seed=N PATH` has the same again. And processes end that a test has started and, because it
 * failed, not ended itself: a server that is left behind takes from the machine what the tests after it need, and holds what
 * they wait for.
 */
export default class extends TestEnvironment {
  #running = new Set();
  #ofThisTest = null;
  #seed;
  #env;
  #testPath;

  constructor(config, context) {
    super(config, context);
    this.#seed = config.globalConfig.seed;
    this.#env = config.projectConfig.testEnvironmentOptions.processEnv;
    this.#testPath = context.testPath;
  }

  async setup() {
    await super.setup();
    Object.assign(this.global.process.env, this.#env);
    this.global.testPath = this.#testPath;
    this.global.Math.random = randomOf(this.#seed);
    this.global.endAfterTest = (child) => {
      this.#running.add(child);
      this.#ofThisTest?.add(child);
      child.once('exit', () => this.#running.delete(child));
    };
  }

  // Jest waits for what is given back; what `beforeAll` started is there for the tests that follow.
  async handleTestEvent({ name, test }) {
    if (name === 'test_start') this.#ofThisTest = new Set();
    if (name !== 'test_done') return;
    if (test.errors.length > 0) await this.#end(this.#ofThisTest);
    this.#ofThisTest = null;
  }

  async teardown() {
    await this.#end(this.#running);
    await super.teardown();
  }

  async #end(children) {
    const left = [...children].filter((child) => this.#running.has(child));
    const exits = left.map((child) => new Promise((resolve) => child.once('exit', resolve)));
    for (const child of left) child.kill('SIGKILL');
    await Promise.all(exits);
  }
}

/** Mulberry32 (Tommy Ettinger, 2017). */
function randomOf(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
