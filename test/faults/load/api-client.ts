// Calls the API as a careful client does: the same request, with the same key, until there is an answer that settles it.
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

export interface ApiClient {
  /** Null where it was given up because of the signal. Throws on an answer that no repetition mends. */
  settle(call: ApiCall, signal: AbortSignal): Promise<ApiAnswer | null>;
  /** One try; null without an answer. */
  tryOnce(call: ApiCall): Promise<ApiAnswer | null>;
  /** Answers other than 2xx and those that say "later", by status. */
  readonly refused: Map<number, number>;
}

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: object;
  readonly key?: string;
  readonly timeoutMs?: number;
}

const LATER: ReadonlySet<number> = new Set([408, 409, 429, 500, 502, 503, 504]);
const AGAIN_AFTER_MS = 150;
const TIMEOUT_MS = 15_000;

export function createApiClient(port: number, token: string): ApiClient {
  const refused = new Map<number, number>();
  const tryOnce = (call: ApiCall) => askOnce(port, token, call);
  return {
    refused,
    tryOnce,
    async settle(call, signal) {
      for (;;) {
        const answer = await tryOnce(call);
        if (answer !== null && answer.status < 300) return answer;
        if (answer !== null) refused.set(answer.status, (refused.get(answer.status) ?? 0) + 1);
        // Nothing that is injected here makes a 500 right; I19 says so at the end, and this says where to look.
        if (answer?.status === 500) console.error(`${call.method} ${call.path} was answered ${answer.text}`);
        if (answer !== null && !LATER.has(answer.status)) {
          throw new Error(`${call.method} ${call.path} was answered ${answer.status}: ${answer.text.slice(0, 500)}`);
        }
        if (signal.aborted) return null;
        await sleep(AGAIN_AFTER_MS);
      }
    },
  };
}

function askOnce(port: number, token: string, call: ApiCall): Promise<ApiAnswer | null> {
  return new Promise((resolve) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(call.key === undefined ? {} : { 'idempotency-key': call.key }),
    };
    const timeout = call.timeoutMs ?? TIMEOUT_MS;
    const asked = request(
      { host: '127.0.0.1', port, method: call.method, path: call.path, headers, timeout },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
        );
        answer.on('error', () => resolve(null));
        answer.on('aborted', () => resolve(null));
      },
    );
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(null));
    asked.end(call.body === undefined ? undefined : JSON.stringify(call.body));
  });
}
