// Measures and logs every request once it is over, under the route's template: no customer id ever becomes a label.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Histogram, type Registry } from 'prom-client';
import type { Log } from '../../lib/log.ts';
import type { RequestFacts } from '../exchange.ts';

const BUCKETS_S = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
// Asked for every few seconds by machines; at `info` they would drown everything else.
const QUIET: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);
// Whatever else a client may invent must not become a label either.
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']);

export type ObserveRequest = (req: IncomingMessage, res: ServerResponse, facts: RequestFacts) => void;

export function createRequestObserver(metrics: Registry, log: Log): ObserveRequest {
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of the request to the end of the answer, streams left out.',
    labelNames: ['route', 'method', 'status'] as const,
    buckets: BUCKETS_S,
    registers: [metrics],
  });
  // Every field of the line is named here and none is a secret; looking for secrets was three quarters of its time.
  const line = log.child({}, { redact: [] });
  return (req, res, facts) => {
    const startedAt = process.hrtime.bigint();
    res.once('close', () => {
      const latencySeconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
      const seen = describe(req, res, facts);
      if (facts.streamed !== true) duration.observe(seen, latencySeconds);
      const { requestId, keyId } = facts;
      const level = QUIET.has(seen.route) ? 'debug' : 'info';
      line[level](
        { ...seen, requestId, keyId, latencyMs: Math.round(latencySeconds * 1e3), cut: !res.writableFinished },
        'request',
      );
    });
  };
}

function describe(
  { method = '' }: IncomingMessage,
  res: ServerResponse,
  { route = 'unmatched' }: RequestFacts,
): { route: string; method: string; status: number } {
  return { route, method: METHODS.has(method) ? method : 'other', status: res.statusCode };
}
