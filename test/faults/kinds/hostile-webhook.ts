// A receiver of webhooks that never answers, is at fault itself, or hangs up.
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebhookAnswer } from '../../support/webhook-receiver.ts';
import type { Inject } from '../fault-run.ts';

const ANSWERS: readonly WebhookAnswer[] = ['hang', { status: 500 }, 'drop'];

export const hostileWebhook: Inject = async (run, fault) => {
  run.world.sink.behave(ANSWERS[fault.count % ANSWERS.length] ?? 'hang');
  await sleep(fault.forMs);
  run.world.sink.behave({ status: 204 });
  return 1;
};
