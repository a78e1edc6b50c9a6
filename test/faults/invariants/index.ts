// All invariants that a fault run checks, in the order of their numbers. I20 is the deadline of the harness itself.
import { countedOnce } from './i01-counted-once.ts';
import { offsetsMoveOn } from './i02-offsets.ts';
import { stateIsFold } from './i03-state-is-fold.ts';
import { oneLimit } from './i05-one-limit.ts';
import { everyChangeDecided } from './i06-decided.ts';
import { linked } from './i06-links.ts';
import { replaysTheSame } from './i07-replay.ts';
import { chainsVerify } from './i08-chains.ts';
import { outboxReachesKafka } from './i10-outbox.ts';
import { webhooksDelivered } from './i11-webhooks.ts';
import { poisonQuarantined } from './i13-poison.ts';
import { noStaleOwner } from './i14-no-stale-owner.ts';
import { consentFirst } from './i16-consent.ts';
import { writesHappenOnce } from './i19-idempotent-writes.ts';
import type { Invariant } from './invariant.ts';

export const INVARIANTS: readonly Invariant[] = [
  countedOnce,
  offsetsMoveOn,
  stateIsFold,
  oneLimit,
  linked,
  everyChangeDecided,
  replaysTheSame,
  chainsVerify,
  outboxReachesKafka,
  webhooksDelivered,
  poisonQuarantined,
  noStaleOwner,
  consentFirst,
  writesHappenOnce,
];
