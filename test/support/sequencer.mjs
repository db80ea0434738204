import Sequencer from '@jest/test-sequencer';

/** Where files take long, and wait for much of it; pure code fills what is left at the end. */
const FIRST = ['kafka', 'faults', 'openapi', 'e2e', 'browser', 'observability', 'contract'];

const rankOf = ({ path }) => {
  const rank = FIRST.findIndex((folder) => path.includes(`/test/${folder}/`));
  return rank < 0 ? FIRST.length : rank;
};

/** Long files first: the last one should not be waited for alone. Jest knows which are long after the first time only. */
export default class extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => rankOf(one) - rankOf(other));
  }
}
