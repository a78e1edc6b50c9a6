// Posts one event to one webhook: signed, within a total time, without following redirects, and to public addresses
// only. The address is checked when the connection is made, after the name was resolved, so a name that changes its
// address between check and use gains nothing. What the receiver says in its body is thrown away.
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import type { OutgoingEvent } from '../events/outgoing-event.ts';
import type { Clock } from '../lib/clock.ts';
import type { DeliveryOutcome } from './delivery.ts';
import { judgeResponse, type WebhookResponse } from './judge-response.ts';
import type { WebhookTarget } from './load-webhooks.ts';
import { type LookupAll, shareLookups } from './shared-lookup.ts';
import { signWebhook } from './sign-webhook.ts';
import { findUrlProblem, type TargetRules } from './webhook-url.ts';

export interface WebhookSenderOptions extends TargetRules {
  /** For everything from the name look-up to the receiver's status line and headers. */
  readonly timeoutMs?: number;
  readonly clock: Clock;
  readonly lookup?: LookupAll;
}

export interface WebhookSender {
  readonly timeoutMs: number;
  /** Never throws for what a receiver or a network does. `untried` when `signal` ended the attempt. */
  send(target: WebhookTarget, event: OutgoingEvent, signal: AbortSignal): Promise<DeliveryOutcome>;
  stop(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const BODY_BYTES_MAX = 16 * 1024;
const HEADER_BYTES_MAX = 16 * 1024;
// Shorter than the five seconds after which common servers close an idle connection.
const IDLE_SOCKET_MS = 4_000;
const CONTENT_TYPE = 'application/cloudevents+json; charset=utf-8';

export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { allowPrivateTargets, timeoutMs = TIMEOUT_MS, clock } = options;
  const lookup = shareLookups(options.lookup);
  const agentOptions = { keepAlive: true, timeout: IDLE_SOCKET_MS, allowPrivateIPAddress: allowPrivateTargets };
  const agents = {
    http: new RequestFilteringHttpAgent(agentOptions),
    https: new RequestFilteringHttpsAgent(agentOptions),
  };

  function open(url: URL, headers: Record<string, string>, signal: AbortSignal): ClientRequest {
    const common = { method: 'POST', headers, signal, lookup, maxHeaderSize: HEADER_BYTES_MAX };
    return url.protocol === 'https:'
      ? requestHttps(url, { ...common, agent: agents.https })
      : requestHttp(url, { ...common, agent: agents.http });
  }

  async function attempt(target: WebhookTarget, event: OutgoingEvent, limits: Limits): Promise<WebhookResponse> {
    const body = JSON.stringify(event);
    const headers = {
      'content-type': CONTENT_TYPE,
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'ecs-webhooks/1',
      ...signWebhook(target, event.id, body, clock()),
    };
    return exchange(open(new URL(target.url), headers, limits.signal), body, limits);
  }

  return {
    timeoutMs,
    async send(target, event, signal) {
      const problem = findUrlProblem(target.url, { allowPrivateTargets });
      if (problem !== undefined) return { result: 'failed', error: problem, overloaded: true };
      const limits = createLimits(timeoutMs, signal);
      try {
        return judgeResponse(await attempt(target, event, limits), clock());
      } catch (error) {
        limits.end();
        if (signal.aborted) return { result: 'untried' };
        return { result: 'failed', error: describe(error, limits, timeoutMs), overloaded: true };
      }
    },
    async stop() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

interface Limits {
  /** Ends when the time is up or the caller gives up. */
  readonly signal: AbortSignal;
  timedOut(): boolean;
  end(): void;
}

// AbortSignal.any would do, but on Node 20 it keeps every signal it made for as long as the long-lived one lives.
function createLimits(timeoutMs: number, outer: AbortSignal): Limits {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    abort();
  }, timeoutMs);
  outer.addEventListener('abort', abort, { once: true });
  if (outer.aborted) abort();
  return {
    signal: controller.signal,
    timedOut: () => late,
    end() {
      clearTimeout(timer);
      outer.removeEventListener('abort', abort);
    },
  };
}

/** Resolves with the receiver's status as soon as it is known; the body may take the rest of the time and no more. */
function exchange(request: ClientRequest, body: string, limits: Limits): Promise<WebhookResponse> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      discardBody(response, limits);
      resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
    });
    request.end(body);
  });
}

function discardBody(response: IncomingMessage, limits: Limits): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) response.destroy();
  });
  // The status has been told; how the body ends changes nothing.
  response.on('error', () => {});
  response.on('close', limits.end);
}

function describe(error: unknown, limits: Limits, timeoutMs: number): string {
  if (limits.timedOut()) return `no answer within ${timeoutMs} ms`;
  // Several addresses that all refuse come as one error that has a code and no message.
  const { message, code } = Object(error) as { message?: string; code?: string };
  return message || code || String(error);
}
