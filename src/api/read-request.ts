// Reads a request into exactly what its route declares: path, query and body through the route's schemas, bodies bounded
// in size and depth. Every bad field is named in one answer.
import type { IncomingMessage } from 'node:http';
import express from 'express';
import type { z } from 'zod';
import { EcsError } from '../lib/errors.ts';
import type { Route } from './define-route.ts';
import { type Exchange, readHeader } from './exchange.ts';
import type { FieldError } from './problem.ts';

export const BODY_BYTES_MAX = 64 * 1024;
const BODY_DEPTH_MAX = 32;
const ERRORS_MAX = 50;
const TEXT_MAX = 300;
const JSON_TYPES: readonly string[] = ['application/json'];

export interface ParsedRequest {
  readonly params: Record<string, unknown>;
  readonly query: Record<string, unknown>;
  readonly body: unknown;
}

export function createRequestReader(route: Route): (exchange: Exchange) => Promise<ParsedRequest> {
  const readBody = route.takesBody ? createBodyReader(route) : async () => undefined;
  return async (exchange) => {
    const raw = await readBody(exchange);
    const errors: FieldError[] = [];
    const params = check(route.params, exchange.params, 'path', errors);
    const query = check(route.query, exchange.query, 'query', errors);
    const body = check(route.body, raw, 'body', errors);
    refuseIfAny(errors);
    return { params: params as Record<string, unknown>, query: query as Record<string, unknown>, body };
  };
}

export function refuseIfAny(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  const named = errors.slice(0, ERRORS_MAX);
  const message = `${errors.length === 1 ? '1 field is' : `${errors.length} fields are`} not valid.`;
  throw new EcsError('ECS_REQUEST_INVALID', message, { facts: { errors: named } });
}

function check(schema: z.ZodType, value: unknown, where: FieldError['in'], errors: FieldError[]): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  errors.push(...parsed.error.issues.flatMap((issue) => describeIssue(issue, where)));
  return undefined;
}

function describeIssue(issue: z.core.$ZodIssue, where: FieldError['in']): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      in: where,
      field: cut(writePath([...issue.path, key])),
      expected: 'no such field',
    }));
  }
  return [
    { in: where, field: cut(writePath(issue.path)), expected: cut(issue.message.replace(/^Invalid input: /, '')) },
  ];
}

/** `data.consents[2].x`, the way one would write it in code. */
export function writePath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

function cut(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}...` : text;
}

function createBodyReader(route: Route): (exchange: Exchange) => Promise<unknown> {
  const types = route.bodyTypes ?? JSON_TYPES;
  const limit = route.bodyBytesMax ?? BODY_BYTES_MAX;
  const parse = express.json({ limit, type: [...types], strict: true });
  return async ({ req, res }) => {
    const length = readHeader(req, 'content-length');
    if (length === '0') return undefined;
    refuseOtherTypes(req, types);
    // The parser would read a large body to its end before it refuses it; who says the length is answered at once.
    if (Number(length) > limit) throw new EcsError('ECS_PAYLOAD_TOO_LARGE', `At most ${limit} bytes are read.`);
    await new Promise<void>((resolve, reject) =>
      parse(req, res, (error?: unknown) => (error ? reject(error) : resolve())),
    );
    const { body } = req as IncomingMessage & { readonly body?: unknown };
    refuseTooDeep(body);
    return body;
  };
}

/** Only where there is a body at all. */
function refuseOtherTypes(req: IncomingMessage, types: readonly string[]): void {
  const hasBody = req.headers['transfer-encoding'] !== undefined || req.headers['content-length'] !== undefined;
  const [type = ''] = (req.headers['content-type'] ?? '').split(';', 1);
  if (!hasBody || types.includes(type.trim().toLowerCase())) return;
  throw new EcsError('ECS_UNSUPPORTED_MEDIA', `Send ${types.join(' or ')}.`);
}

/** Walks level by level, not by recursion: the depth is what must not hurt. */
function refuseTooDeep(body: unknown): void {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > BODY_DEPTH_MAX) {
      const expected = `at most ${BODY_DEPTH_MAX} levels of nesting`;
      throw new EcsError('ECS_REQUEST_INVALID', 'The body is nested too deeply.', {
        facts: { errors: [{ in: 'body', field: '', expected }] },
      });
    }
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
}
