// Increases lie some months apart.
import { DAY_MS } from '../../lib/clock.ts';
import type { PolicyDocument } from '../policy-document.ts';
import type { PolicyFacts } from '../policy-facts.ts';

export function blockTooSoon(facts: PolicyFacts, document: PolicyDocument): boolean {
  const { lastIncreaseAtMs } = facts.account;
  return lastIncreaseAtMs !== null && facts.nowMs - lastIncreaseAtMs < document.steps.increaseEveryDays * DAY_MS;
}
