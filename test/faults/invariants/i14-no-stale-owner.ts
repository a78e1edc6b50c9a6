// I14: nothing is written by a former owner of a partition: of the commits that the proxies saw, none carries an older epoch
// than one before it.
import { type Invariant, report } from './invariant.ts';

export const noStaleOwner: Invariant = {
  id: 'I14',
  promise: 'a stale owner writes nothing',
  when: 'always',
  check: async ({ witness }) => report('I14', witness.stale),
};
