import { BaseSequencer } from 'vitest/node';

const FOLDERS = ['faults', 'e2e', 'contract'];

/** Runs in the order of the configuration, and in each long files first: the last one should not be waited for alone. */
export class LongestFirst extends BaseSequencer {
  async sort(specifications) {
    const sorted = await super.sort(specifications);
    return sorted.sort((one, other) => this.#rankOf(one) - this.#rankOf(other));
  }

  #rankOf({ project, moduleId }) {
    const folder = FOLDERS.findIndex((name) => moduleId.includes(`/test/${name}/`));
    return this.ctx.projects.indexOf(project) * 10 + (folder < 0 ? FOLDERS.length : folder);
  }
}
