// Answers what nobody answered and presents what went wrong. Once headers are out a half answer cannot be taken back:
// the connection is destroyed, and no handler waits for it.
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { EcsError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
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

export function answerProblems(log: Log): ErrorRequestHandler {
  return (error: unknown, _req, res, _next) => {
    const requestId = String(res.locals.requestId ?? '');
    const { problem, headers } = presentError(error, requestId);
    if (problem.status >= 500) log.error({ err: error, requestId, code: problem.code }, 'request failed');
    if (res.headersSent) res.destroy();
    else sendProblem(res, problem.status, headers, JSON.stringify(problem));
  };
}

function sendProblem(res: Response, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  res.status(status).set(headers).type(PROBLEM_MEDIA_TYPE).send(body);
}
