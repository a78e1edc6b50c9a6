// Answers what nobody answered and presents what went wrong. Once headers are out a half answer cannot be taken back:
// the connection is destroyed, and no handler waits for it.
import type { ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { EcsError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { type RequestFacts, sendText, setHeaders } from '../exchange.ts';
import { presentError } from '../present-error.ts';
import { PROBLEM_MEDIA_TYPE } from '../problem.ts';

export const refuseUnknownPath: RequestHandler = () => {
  throw new EcsError('ECS_NOT_FOUND', 'No such path; the API is described at /openapi.json.');
};

export function refuseMethod(allowed: readonly string[]): RequestHandler {
  const allow = allowed.map((method) => method.toUpperCase()).join(', ');
  return (_req, _res) => {
    throw new EcsError('ECS_METHOD_NOT_ALLOWED', `Use ${allow}.`, { facts: { allow } });
  };
}

export function answerProblem(error: unknown, res: ServerResponse, { requestId = '' }: RequestFacts, log: Log): void {
  const { problem, headers } = presentError(error, requestId);
  if (problem.status >= 500) log.error({ err: error, requestId, code: problem.code }, 'request failed');
  if (res.headersSent) {
    res.destroy();
    return;
  }
  res.statusCode = problem.status;
  setHeaders(res, headers);
  sendText(res, PROBLEM_MEDIA_TYPE, JSON.stringify(problem));
}
