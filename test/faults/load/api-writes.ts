// Writes over the API under idempotency keys: evaluations and limits set by hand, each repeated until it is answered, some
// asked once more after that.
import { createSeededRandom } from '../../../src/lib/seeded-random.ts';
import type { ApiAnswer, ApiCall, ApiClient } from './api-client.ts';
import { customerName, type StreamPlan } from './event-stream.ts';
import type { JournalWriter } from './journal.ts';

export interface ApiWritesOptions {
  readonly plan: StreamPlan;
  readonly api: ApiClient;
  readonly journal: JournalWriter;
  readonly signal: AbortSignal;
}

export interface ApiWrites {
  tick(tick: number): void;
  settle(): Promise<void>;
}

const EVERY_TICKS = 5;
const AT_ONCE = 6;

export function createApiWrites(options: ApiWritesOptions): ApiWrites {
  const underWay = new Set<Promise<void>>();
  return {
    tick(tick) {
      if (tick % EVERY_TICKS !== 0 || underWay.size >= AT_ONCE) return;
      const work = write(options, tick).finally(() => underWay.delete(work));
      underWay.add(work);
    },
    async settle() {
      await Promise.all([...underWay]);
    },
  };
}

async function write({ plan, api, journal, signal }: ApiWritesOptions, tick: number): Promise<void> {
  const random = createSeededRandom(Math.imul(plan.seed, 131) ^ tick);
  const customerId = customerName(Math.floor(random() * plan.customers));
  const key = `write-${tick}`;
  const isByHand = random() < 0.5;
  const call: ApiCall = isByHand
    ? {
        method: 'PUT',
        path: `/api/customers/${customerId}/credit-limit`,
        body: { limitMinor: 10_000 + Math.floor(random() * 500_000), reason: 'a fault run' },
        key,
      }
    : { method: 'POST', path: '/api/credit-limit', body: { customerId }, key };
  const wantsRepeat = random() < 0.3;
  const answer = await api.settle(call, signal);
  const again = wantsRepeat && answer !== null ? await api.settle(call, signal) : null;
  journal.add({
    kind: 'write',
    key,
    customerId,
    trigger: isByHand ? 'manual' : 'api',
    decisionId: answer === null ? null : readDecisionId(answer),
    repeatedSame: again === null || answer === null ? null : again.text === answer.text,
  });
}

function readDecisionId({ text }: ApiAnswer): string {
  return (JSON.parse(text) as { decisionId: string }).decisionId;
}
