import { createMessageReader, type PostgresMessage, readBind } from './postgres-messages.ts';
import { createStepReader, type SqlStep } from './sql-steps.ts';

const text = (value: string) => Buffer.from(`${value}\0`);
const int16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const message = (type: string, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
};
const parse = (name: string, sql: string) => message('P', text(name), text(sql), int16(0));
const bind = (name: string, values: readonly (string | null)[]) =>
  message(
    'B',
    text(''),
    text(name),
    int16(0),
    int16(values.length),
    ...values.flatMap((value) => (value === null ? [int32(-1)] : [int32(value.length), Buffer.from(value)])),
    int16(0),
  );
const sync = message('S');
const query = (sql: string) => message('Q', text(sql));
const startup = Buffer.concat([int32(8), int32(196_608)]);

function readAll(bytes: Buffer, chunkBytes: number): PostgresMessage[] {
  const reader = createMessageReader('client');
  const messages: PostgresMessage[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes)
    messages.push(...reader.push(bytes.subarray(at, at + chunkBytes)));
  return messages;
}

function readSteps(...parts: Buffer[]): SqlStep[] {
  const reader = createStepReader();
  return readAll(Buffer.concat([startup, ...parts]), 7).flatMap((one) => {
    const read = reader.read(one);
    return read === null || Buffer.isBuffer(read) ? [] : [read];
  });
}

test.each([1, 3, 7, 10_000])('messages are whole, and nothing is lost, in chunks of %d bytes', (chunkBytes) => {
  const ssl = Buffer.concat([int32(8), int32(80_877_103)]);
  const bytes = Buffer.concat([ssl, startup, parse('one', 'select 1'), bind('one', ['a', null, 'ccc']), sync]);
  const messages = readAll(bytes, chunkBytes);
  expect(messages.map(({ type }) => type)).toEqual(['', '', 'P', 'B', 'S']);
  expect(Buffer.concat(messages.map(({ raw }) => raw))).toEqual(bytes);
  expect(readBind(messages[3]!)).toEqual({ name: 'one', values: ['a', null, 'ccc'] });
});

test('a batch: the road is known from its offset on, a kept statement by its name, the move by its parameters', () => {
  const move = ['ecs', 'ecs.emotions.v1', '2', '10', '15', '7', '-infinity', '0'];
  const steps = readSteps(
    query('begin isolation level read committed'),
    parse('ingest-move-offset', 'update ingest_offsets set x'),
    bind('ingest-move-offset', move),
    sync,
    parse('', 'with given as (select 1)\n  update emotional_states s set x = 1'),
    bind('', []),
    sync,
    query('commit'),
    query('begin'),
    bind('ingest-move-offset', move),
    sync,
    query('rollback'),
    query('commit'),
  );
  expect(steps.map(({ road, label }) => `${road}: ${label.slice(0, 30)}`)).toEqual([
    'unknown: begin isolation level read com',
    'ingest: ingest-move-offset',
    'ingest: with given as (select 1) updat',
    'ingest: commit',
    'unknown: begin',
    'ingest: ingest-move-offset',
    'ingest: rollback',
    'unknown: commit',
  ]);
  const moved = { topic: 'ecs.emotions.v1', partition: 2, from: 10, to: 15, ownerEpoch: 7 };
  expect(steps[3]).toMatchObject({ isCommit: true, move: moved });
  expect(steps[7]).toMatchObject({ isCommit: true, move: null });
});

test('a request that decides is a request; a worker that decides is a decision', () => {
  const insert = [parse('', 'insert into decisions (customer_id) select 1'), bind('', []), sync];
  const key = [parse('', 'insert into idempotency_keys (owner) values ($1)'), bind('', ['a']), sync];
  const roads = (...parts: Buffer[]) => readSteps(query('begin'), ...parts, query('commit')).at(-1)?.road;
  expect(roads(...insert)).toBe('decision');
  expect(roads(...key, ...insert)).toBe('api');
});
