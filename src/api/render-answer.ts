// Turns what a handler answered into the bytes that leave: through the route's schema, which is the allow-list.
import { isDeepStrictEqual } from 'node:util';
import type { StoredAnswer } from '../access/index.ts';
import { assert } from '../lib/assert.ts';
import type { AnswerSpec, Route } from './define-route.ts';

export interface HandlerAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** With `strict` (tests) a field that the schema would drop is a bug; a missing or misfit one always is. */
export function renderAnswer(route: Route, answer: HandlerAnswer, strict: boolean): StoredAnswer {
  const spec = route.answers[answer.status];
  assert(spec !== undefined, `${route.operationId} does not declare status ${answer.status}`);
  if (spec.schema === undefined) return { status: answer.status, body: null };
  const parsed = spec.schema.safeParse(answer.body);
  assert(parsed.success, `${route.operationId} answered what its schema does not allow: ${parsed.error?.message}`);
  if (strict) assertNothingDropped(route, parsed.data, answer.body);
  return { status: answer.status, body: isJson(spec) ? JSON.stringify(parsed.data) : String(parsed.data) };
}

function assertNothingDropped(route: Route, allowed: unknown, given: unknown): void {
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  assert(
    isDeepStrictEqual(plain(allowed), plain(given)),
    `${route.operationId} answered fields that its schema does not name`,
  );
}

function isJson(spec: AnswerSpec): boolean {
  return (spec.mediaType ?? 'application/json').includes('json');
}
