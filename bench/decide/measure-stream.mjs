// How long it takes from asking for a decision until the changed limit is told on the customer's live stream: one customer
// after the other, at rest.

import { request } from 'node:http';
import { percentile } from './load-generator.mjs';

const PATIENCE_MS = 5_000;

export async function measureStream(base, token, customerIds) {
  const latenciesMs = [];
  for (const customerId of customerIds) {
    const stream = await openStream(base, token, customerId);
    const askedMs = performance.now();
    const answer = await fetch(`${base}/api/credit-limit`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ customerId }),
    });
    const { decisionId } = await answer.json();
    latenciesMs.push((await stream.find(`"decisionId":"${decisionId}"`)) - askedMs);
    stream.close();
    // Not in step with anybody's poll.
    await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 40));
  }
  return { p50Ms: percentile(latenciesMs, 0.5), p99Ms: percentile(latenciesMs, 0.99) };
}

/** Behind what has happened already: an opening decision tells the outbox twice at most. */
function openStream(base, token, customerId) {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${base}/api/customers/${customerId}/stream?afterSequence=0`,
      { headers: { authorization: `Bearer ${token}` } },
      (incoming) => {
        let text = '';
        let look = () => {};
        incoming.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
          look();
        });
        incoming.on('error', () => {});
        resolve({
          find: (wanted) =>
            find(
              wanted,
              () => text,
              (next) => (look = next),
            ),
          close: () => outgoing.destroy(),
        });
      },
    );
    outgoing.on('error', reject).end();
  });
}

function find(wanted, read, onData) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not told within ${PATIENCE_MS} ms: ${wanted}`)), PATIENCE_MS);
    const look = () => {
      if (!read().includes(wanted)) return;
      clearTimeout(late);
      resolve(performance.now());
    };
    onData(look);
    look();
  });
}
