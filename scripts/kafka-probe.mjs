// The little of Kafka's protocol that tells whether a broker is ready, spoken over a plain socket: these scripts run before
// any package is installed.

import { connect } from 'node:net';

/** Does a Kafka broker that knows itself answer on this port? Asks for metadata, as every client does first. */
export async function answers(port, host = '127.0.0.1') {
  const noTopics = Buffer.alloc(4);
  const answer = await ask({ port, host, api: 3, version: 1, body: noTopics, length: 4 });
  return answer !== undefined && answer.readInt32BE(0) > 0;
}

// The first question for a coordinator makes Kafka create its offsets topic; until that is loaded, joining a group fails.
// It has one partition here, so one group's answer stands for all.
export async function canJoinGroups(port) {
  const group = kafkaString('warm-up');
  const found = await ask({ port, api: 10, version: 0, body: group, length: 2 });
  if (found?.readInt16BE(0) !== 0) return false;
  const described = await ask({ port, api: 15, version: 0, body: Buffer.concat([int32(1), group]), length: 6 });
  return described?.readInt16BE(4) === 0;
}

/** Sends one Kafka request (header version 1, no client id); the first `length` bytes of its answer, or undefined. */
function ask({ port, host = '127.0.0.1', api, version, body, length }) {
  const correlationId = 7;
  const header = Buffer.alloc(10);
  header.writeInt16BE(api, 0);
  header.writeInt16BE(version, 2);
  header.writeInt32BE(correlationId, 4);
  header.writeInt16BE(-1, 8);
  const request = Buffer.concat([int32(header.length + body.length), header, body]);
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 2_000 });
    let received = Buffer.alloc(0);
    const settle = (value) => {
      socket.destroy();
      resolve(value);
    };
    socket.on('connect', () => socket.write(request));
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (received.length < 8 + length) return;
      settle(received.readInt32BE(4) === correlationId ? received.subarray(8) : undefined);
    });
    for (const end of ['error', 'close', 'timeout']) socket.on(end, () => settle(undefined));
  });
}

function int32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function kafkaString(text) {
  const length = Buffer.alloc(2);
  length.writeInt16BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
}
