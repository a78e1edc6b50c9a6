// Which members of the consumer group are taken for dead.
import { findDeadMembers } from './member-watch.ts';

const HELD = 0x0000_002a;

test.each([
  ['ecs-0000002a', false, 'holds its session'],
  ['ecs-0000002b', true, 'no session has its number'],
  ['ecs-7fffffff', true, 'the largest number'],
  ['ecs', false, 'one of an older version, without a number'],
  ['ecs-2b', false, 'not a number of ours'],
  ['ecs-0000002B', false, 'not as we write it'],
  ['ecs-0000002b-1', false, 'more than a number'],
  ['other-0000002b', false, 'of another name'],
  ['ecs-eu-0000002b', false, 'of a name that begins as ours'],
])('%s is taken for dead: %s (%s)', (clientId, isDead) => {
  const member = { memberId: `${clientId}-1`, clientId };
  expect(findDeadMembers([member], 'ecs', new Set([HELD]))).toEqual(isDead ? [member] : []);
});
