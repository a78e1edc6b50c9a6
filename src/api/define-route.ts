// The one way to write a route: what it takes, what it answers, who may call it, and what it does, in one value. Express
// serves it and the OpenAPI document describes it from the same fields, so the two cannot differ.
import type { ServerResponse } from 'node:http';
import type pg from 'pg';
import { z } from 'zod';
import type { Caller, Scope } from '../access/index.ts';
import { assert } from '../lib/assert.ts';
import type { EcsError, ErrorCode } from '../lib/errors.ts';
import type { ApiDeps } from './api-deps.ts';

export type Method = 'get' | 'post' | 'put' | 'delete';

export interface KeyAccess {
  readonly scope: Scope;
  /** `customer`: keys bound to a customer may call it and reach that customer; `lender`: they may not call it at all. */
  readonly reach: 'customer' | 'lender';
  /** No key is asked for while the server is bound to a loopback address. */
  readonly openOnLoopback?: boolean;
}
export type Access = KeyAccess | 'public';

export interface AnswerSpec {
  readonly description: string;
  /** What may leave; fields it does not name are dropped. Absent: an answer without body. */
  readonly schema?: z.ZodType;
  readonly mediaType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
export type AnswerSpecs = Readonly<Record<number, AnswerSpec>>;

export type AnswerOf<Answers extends AnswerSpecs> = {
  [Status in keyof Answers & number]: Answers[Status] extends { readonly schema: infer Schema extends z.ZodType }
    ? { readonly status: Status; readonly body: ReadonlyOf<z.input<Schema>> }
    : { readonly status: Status };
}[keyof Answers & number];

type ReadonlyOf<Value> = Value extends readonly (infer Item)[]
  ? readonly ReadonlyOf<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: ReadonlyOf<Value[Key]> }
    : Value;

export interface RouteRequest<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  readonly nowMs: number;
  readonly lastEventId: string | undefined;
}

const NO_FIELDS = z.strictObject({});
type NoFields = typeof NO_FIELDS;
const NO_BODY = z.undefined();
type NoBody = typeof NO_BODY;

interface RouteFacts<Params, Query, Body, Answers> {
  /** Verb and noun, stable: clients are generated from it. */
  readonly operationId: string;
  readonly method: Method;
  /** OpenAPI template, for example `/api/customers/{customerId}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly bodyTypes?: readonly string[];
  /** What the document says about the body per media type, where the handler checks more than `body` does. */
  readonly bodyDocument?: Readonly<Record<string, z.ZodType>>;
  readonly bodyBytesMax?: number;
  readonly answers: Answers;
  /** Served ahead of Express's router, by the same functions: for the few that are called most. Needs a path without parameters. */
  readonly ahead?: boolean;
  /** Problems beside those that follow from the fields above. */
  readonly problems?: readonly ErrorCode[];
}

type RequestOf<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> = RouteRequest<
  z.output<Params>,
  z.output<Query>,
  z.output<Body>
>;

/** The piecewise answer: nothing is sent before `begin`, so trouble before it is still a problem document. */
export interface StreamAnswer {
  begin(headers: Readonly<Record<string, string>>): ServerResponse;
  /** Aborted when the client has gone, the key was revoked, or the server closes: a stream without end must end now. */
  readonly over: AbortSignal;
}

/** Reads, or hands over to a road that has its own durability. */
type PlainHandler<Request, Answer> = (request: Request, deps: ApiDeps) => Promise<Answer>;
type TransactionHandler<Request, Answer> = (request: Request, deps: ApiDeps, tx: pg.PoolClient) => Promise<Answer>;
/** One outcome for each request, in order; an error means that nothing was changed for that request. */
type SharedHandler<Request, Answer> = (
  requests: readonly Request[],
  deps: ApiDeps,
  tx: pg.PoolClient,
) => Promise<readonly (Answer | EcsError)[]>;
type StreamHandler<Request> = (request: Request, deps: ApiDeps, answer: StreamAnswer) => Promise<void>;

export type AnyRequest = RouteRequest<Record<string, unknown>, Record<string, unknown>, unknown>;
interface AnyAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** How a repeated request is answered where the answer itself must not be kept. */
export interface AnswerMemory {
  readonly keep: (answer: AnyAnswer) => unknown;
  /** Null: nothing was stored, so the request can simply run again. */
  readonly recall: (kept: unknown, deps: ApiDeps) => Promise<AnyAnswer | null>;
}

export type RouteWork =
  | { readonly kind: 'plain'; readonly handle: PlainHandler<AnyRequest, AnyAnswer> }
  | {
      readonly kind: 'transaction';
      readonly answersSecret: boolean;
      readonly memory: AnswerMemory | undefined;
      readonly handle: TransactionHandler<AnyRequest, AnyAnswer>;
    }
  | {
      readonly kind: 'shared';
      readonly turnOf: (request: AnyRequest) => string;
      readonly memory: AnswerMemory;
      readonly handle: SharedHandler<AnyRequest, AnyAnswer>;
    }
  | { readonly kind: 'stream'; readonly handle: StreamHandler<AnyRequest> };

export interface Route extends RouteFacts<z.ZodObject, z.ZodObject, z.ZodType, AnswerSpecs> {
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodType;
  readonly takesBody: boolean;
  readonly work: RouteWork;
}

/** A route that reads, or that hands over to a road with its own durability. */
export function defineRoute<
  Params extends z.ZodObject = NoFields,
  Query extends z.ZodObject = NoFields,
  Body extends z.ZodType = NoBody,
  const Answers extends AnswerSpecs = AnswerSpecs,
>(
  spec: RouteFacts<Params, Query, Body, Answers> & {
    readonly handle: PlainHandler<RequestOf<Params, Query, Body>, AnswerOf<NoInfer<Answers>>>;
  },
): Route {
  return makeRoute(spec, { kind: 'plain', handle: erase(spec.handle) });
}

/** A route that writes in one transaction, which an Idempotency-Key shares. */
export function defineWriteRoute<
  Params extends z.ZodObject = NoFields,
  Query extends z.ZodObject = NoFields,
  Body extends z.ZodType = NoBody,
  const Answers extends AnswerSpecs = AnswerSpecs,
>(
  spec: RouteFacts<Params, Query, Body, Answers> & {
    /** Answers that carry a secret are never stored, so they take no Idempotency-Key. */
    readonly answersSecret?: boolean;
    readonly memory?: AnswerMemory;
    readonly handle: TransactionHandler<RequestOf<Params, Query, Body>, AnswerOf<NoInfer<Answers>>>;
  },
): Route {
  return makeRoute(spec, {
    kind: 'transaction',
    answersSecret: spec.answersSecret === true,
    memory: spec.memory,
    handle: erase(spec.handle),
  });
}

/**
 * A route that writes, and whose concurrent requests share a transaction: each is answered after the commit and fails alone.
 * Requests of one turn follow each other, so that a transaction holds each turn once.
 */
export function defineSharedWriteRoute<
  Params extends z.ZodObject = NoFields,
  Query extends z.ZodObject = NoFields,
  Body extends z.ZodType = NoBody,
  const Answers extends AnswerSpecs = AnswerSpecs,
>(
  spec: RouteFacts<Params, Query, Body, Answers> & {
    readonly turnOf: (request: RequestOf<Params, Query, Body>) => string;
    readonly memory: AnswerMemory;
    readonly handle: SharedHandler<RequestOf<Params, Query, Body>, AnswerOf<NoInfer<Answers>>>;
  },
): Route {
  return makeRoute(spec, {
    kind: 'shared',
    turnOf: erase(spec.turnOf),
    memory: spec.memory,
    handle: erase(spec.handle),
  });
}

/** A route that writes its answer piece by piece. */
export function defineStreamRoute<
  Params extends z.ZodObject = NoFields,
  Query extends z.ZodObject = NoFields,
  const Answers extends AnswerSpecs = AnswerSpecs,
>(
  spec: RouteFacts<Params, Query, NoBody, Answers> & {
    readonly handle: StreamHandler<RequestOf<Params, Query, NoBody>>;
  },
): Route {
  return makeRoute(spec, { kind: 'stream', handle: erase(spec.handle) });
}

/** Sound because a handler is only ever called with what its own route's schemas gave: see serve-route. */
function erase<Erased>(handle: unknown): Erased {
  return handle as Erased;
}

function makeRoute(spec: RouteFacts<z.ZodObject, z.ZodObject, z.ZodType, AnswerSpecs>, work: RouteWork): Route {
  const { params = NO_FIELDS, query = NO_FIELDS, body = NO_BODY } = spec;
  const route: Route = { ...spec, params, query, body, takesBody: spec.body !== undefined, work };
  assertWellFormed(route);
  return route;
}

function assertWellFormed(route: Route): void {
  const named = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
  const declared = Object.keys(route.params.shape).sort();
  assert(named.join() === declared.join(), `${route.operationId}: path names ${named}, schema names ${declared}`);
  assert(Object.keys(route.answers).length > 0, `${route.operationId}: a route answers something`);
  assert(
    !route.takesBody || route.method === 'post' || route.method === 'put',
    `${route.operationId}: body on ${route.method}`,
  );
}
