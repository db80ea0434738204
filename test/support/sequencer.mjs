import { BaseSequencer } from 'vitest/node';

/** Where files take long, and wait for much of it; pure code fills what is left at the end. */
const FIRST = [
  'kafka',
  'openapi',
  'embedded',
  'browser',
  'observability',
  'schema',
  'pg18',
  'pg18+redis',
  'mariadb',
  'pg15',
];
const FOLDERS = ['faults', 'e2e', 'contract'];

/** Long runs first, and in each long files: the last one should not be waited for alone. */
export class LongestFirst extends BaseSequencer {
  async sort(specifications) {
    const sorted = await super.sort(specifications);
    return sorted.sort((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ project, moduleId }) {
  const run = FIRST.indexOf(project.name);
  const folder = FOLDERS.findIndex((name) => moduleId.includes(`/test/${name}/`));
  return (run < 0 ? FIRST.length : run) * 10 + (folder < 0 ? FOLDERS.length : folder);
}
