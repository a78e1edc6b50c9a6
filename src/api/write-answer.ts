// Runs what a route writes: in a transaction of its own or in one that concurrent requests share, once per Idempotency-Key,
// and answers a repeated request from what was kept. The answer is complete before it is committed.
import {
  type IdempotentAnswer,
  type IdempotentRequest,
  runIdempotent,
  type StoredAnswer,
  shareTransactions,
} from '../access/index.ts';
import { EcsError } from '../lib/errors.ts';
import type { AnswerMemory, AnyRequest, Route, RouteWork } from './define-route.ts';
import { type HandlerAnswer, renderAnswer } from './render-answer.ts';
import type { ServeContext } from './serve-context.ts';

export type WriteAnswer = (request: AnyRequest, claim: IdempotentRequest | null) => Promise<IdempotentAnswer>;

type Render = (answer: HandlerAnswer) => StoredAnswer;
type WorkOf<Kind extends RouteWork['kind']> = Extract<RouteWork, { kind: Kind }>;

/** Null for routes that write nothing, or on a road of their own. */
export function createWriteAnswer(route: Route, context: ServeContext): WriteAnswer | null {
  const { deps } = context;
  const render: Render = (answer) => renderAnswer(route, answer, deps.checkAnswers === true);
  const { work } = route;
  if (work.kind === 'transaction') {
    return recallWith(work.memory, context, render, ringAfter(runApart(work, context, render), context));
  }
  if (work.kind === 'shared') {
    return recallWith(work.memory, context, render, ringAfter(runTogether(work, context, render), context));
  }
  return null;
}

/** What was committed may have put something into the outbox. */
function ringAfter(write: WriteAnswer, { deps }: ServeContext): WriteAnswer {
  return async (request, claim) => {
    const answer = await write(request, claim);
    if (!answer.replayed) deps.onWritten?.();
    return answer;
  };
}

function runApart(work: WorkOf<'transaction'>, { deps }: ServeContext, render: Render): WriteAnswer {
  return (request, claim) =>
    runIdempotent(deps.pool, claim, async (tx) => keep(work.memory, await work.handle(request, deps, tx), render));
}

function runTogether(work: WorkOf<'shared'>, { deps }: ServeContext, render: Render): WriteAnswer {
  const shared = shareTransactions<AnyRequest>({
    pool: deps.pool,
    turnOf: work.turnOf,
    work: async (tx, requests) => {
      const answers = await work.handle(requests, deps, tx);
      return answers.map((answer) => (answer instanceof EcsError ? answer : keep(work.memory, answer, render)));
    },
  });
  return (request, claim) => shared.run({ request, claim });
}

function keep(memory: AnswerMemory | undefined, answer: HandlerAnswer, render: Render): StoredAnswer {
  const kept = memory === undefined ? {} : { kept: JSON.stringify(memory.keep(answer)) };
  return { ...render(answer), ...kept };
}

/** Where the answer itself was not kept: made anew, or, where nothing was stored at all, run again. */
function recallWith(
  memory: AnswerMemory | undefined,
  { deps }: ServeContext,
  render: Render,
  write: WriteAnswer,
): WriteAnswer {
  if (memory === undefined) return write;
  return async (request, claim) => {
    const answer = await write(request, claim);
    if (!answer.replayed || answer.body === null) return answer;
    const recalled = await memory.recall(JSON.parse(answer.body), deps);
    return { ...(recalled === null ? await write(request, null) : render(recalled)), replayed: true };
  };
}
