// A small HTTP/1.1 load generator for both sides alike: so many keep-alive connections, one request at a time on each, the
// next one as soon as the answer is there. Raw sockets, because a full client would take more of the two cores than it
// measures.

import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/** Sends every request once; gives each answer with its latency, and how long all of them took. */
export async function sendAll(base, requests, connections) {
  const { hostname, port } = new URL(base);
  const answers = new Array(requests.length);
  let next = 0;
  const take = () => (next < requests.length ? next++ : -1);
  const startedMs = performance.now();
  await Promise.all(
    Array.from({ length: connections }, () => runConnection({ hostname, port, requests, answers, take })),
  );
  return { answers, seconds: (performance.now() - startedMs) / 1_000 };
}

function runConnection({ hostname, port, requests, answers, take }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let index = -1;
    let sentMs = 0;
    let received = [];
    const sendNext = () => {
      index = take();
      if (index < 0) {
        socket.end();
        resolve();
        return;
      }
      sentMs = performance.now();
      socket.write(toBytes(requests[index], hostname));
    };
    socket.on('connect', sendNext);
    socket.on('data', (chunk) => {
      received.push(chunk);
      const answer = readAnswer(received.length === 1 ? chunk : Buffer.concat(received));
      if (answer === null) return;
      received = [];
      answers[index] = { ...answer, latencyMs: performance.now() - sentMs };
      sendNext();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed a connection')));
  });
}

function toBytes({ path, headers, body }, host) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n${lines.join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Null while bytes are missing. Both servers say how long their answers are. */
function readAnswer(bytes) {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = bytes.latin1Slice(0, headEnd);
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1]);
  if (!Number.isInteger(length)) throw new Error(`an answer without a length:\n${head}`);
  const bodyStart = headEnd + HEAD_END.length;
  if (bytes.length < bodyStart + length) return null;
  return { status: Number(head.slice(9, 12)), text: bytes.utf8Slice(bodyStart, bodyStart + length) };
}

/** The value that `share` of them do not exceed. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}
