import { TestEnvironment } from 'jest-environment-node';

/**
 * Node's, and it ends the processes that a test has started and, because it failed, not ended itself: a server that is left
 * behind takes from the machine what the tests after it need, and holds what they wait for.
 */
export default class extends TestEnvironment {
  #running = new Set();
  #ofThisTest = null;

  async setup() {
    await super.setup();
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
