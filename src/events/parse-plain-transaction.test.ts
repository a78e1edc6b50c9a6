import fc from 'fast-check';
import { sampleEvent } from '../../test/support/sample-events.ts';
import { AMOUNT_MINOR_MAX } from '../lib/money.ts';
import { parseEvent, parseGeneral } from './parse-event.ts';
import { parsePlainEmotion } from './parse-plain-emotion.ts';
import { parsePlainTransaction } from './parse-plain-transaction.ts';
import { TRANSACTION_TYPES } from './transaction-event.ts';

const general = (bytes: Buffer) => parseGeneral('ecs.transactions.v1', bytes, {});

const ENVELOPE = { datacontenttype: 'application/json', time: '2026-11-22T09:30:00.125Z' };
const DATA = { type: 'purchase', amountMinor: 1_299, currency: 'EUR', merchantCategory: '5411' };
const event = (data: object = {}) => ({ ...sampleEvent('ecs.transactions.v1', ENVELOPE), data: { ...DATA, ...data } });
const text = JSON.stringify(event());

test.each<[string, string]>([
  ['as JSON.stringify writes it', text],
  ['with a space after commas and colons', text.replaceAll(',"', ', "').replaceAll('":', '": ')],
  ['with the data first', JSON.stringify(Object.fromEntries(Object.entries(event()).reverse()))],
  ['without a content type', text.replace('"datacontenttype":"application/json",', '')],
  ['without a merchant category', text.replace(',"merchantCategory":"5411"', '')],
  ['of the smallest amount', text.replace('1299', '1')],
  ['of the largest amount', text.replace('1299', String(AMOUNT_MINOR_MAX))],
  ...TRANSACTION_TYPES.map((type): [string, string] => [`of type ${type}`, text.replace('purchase', type)]),
])('a transaction %s takes the fast road', (_, given) => {
  const bytes = Buffer.from(given);
  const plain = parsePlainTransaction(bytes);
  expect(plain).not.toBeNull();
  expect(plain).toEqual(general(bytes));
});

test('what one transaction says is forgotten with the next', () => {
  parsePlainTransaction(Buffer.from(text));
  const bytes = Buffer.from(text.replace(',"merchantCategory":"5411"', ''));
  expect(parsePlainTransaction(bytes)?.event.data.merchantCategory).toBeUndefined();
});

test('each topic has its own fast road', () => {
  expect(parsePlainEmotion(Buffer.from(text))).toBeNull();
  const emotion = Buffer.from(JSON.stringify(sampleEvent('ecs.emotions.v1', ENVELOPE)));
  expect(parsePlainTransaction(emotion)).toBeNull();
  expect(parseEvent('ecs.transactions.v1', emotion, {})).toMatchObject({ ok: false, code: 'wrong_topic' });
  expect(parseEvent('ecs.emotions.v1', Buffer.from(text), {})).toMatchObject({ ok: false, code: 'wrong_topic' });
});

test.each<[string, string]>([
  ['an escape', text.replace('5411', '\\u0035411')],
  ['a field of data twice', text.replace('"currency"', '"amountMinor":1,"currency"')],
  ['an unknown field of data', text.replace('"currency"', '"note":"x","currency"')],
  ['no amount', text.replace('"amountMinor":1299,', '')],
  ['no currency', text.replace('"currency":"EUR",', '')],
  ['no type', text.replace('"type":"purchase",', '')],
  ['the amount zero', text.replace('1299', '0')],
  ['an amount that begins with a zero', text.replace('1299', '01299')],
  ['a negative amount', text.replace('1299', '-1299')],
  ['too large an amount', text.replace('1299', String(AMOUNT_MINOR_MAX + 1))],
  ['an amount with a point', text.replace('1299', '1299.0')],
  ['an amount with an exponent', text.replace('1299', '1e3')],
  ['an amount without digits', text.replace('1299', '')],
  ['an amount in quotes', text.replace('1299', '"1299"')],
  ['a currency in small letters', text.replace('EUR', 'eur')],
  ['a currency with a digit', text.replace('EUR', 'EU1')],
  ['a currency with what follows on Z', text.replace('EUR', 'EU[')],
  ['a long currency', text.replace('EUR', 'EURO')],
  ['a short merchant category', text.replace('5411', '541')],
  ['a merchant category with a letter', text.replace('5411', '541a')],
  ['a merchant category with what follows on 9', text.replace('5411', '541:')],
  ['an empty merchant category', text.replace('5411', '')],
  ['an unknown type', text.replace('purchase', 'purchases')],
  ['the type of another event', text.replace('ecs.transaction.v1', 'ecs.emotion.v1')],
])('a transaction with %s is left to the general road', (_, given) => {
  expect(given).not.toBe(text);
  expect(parsePlainTransaction(Buffer.from(given))).toBeNull();
});

const word = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 4 }));
const anyEvent = fc
  .record(
    {
      specversion: fc.constantFrom('1.0', '1.1'),
      id: word,
      source: word,
      type: fc.constantFrom('ecs.transaction.v1', 'ecs.transaction.v1', 'ecs.emotion.v1'),
      subject: word,
      time: fc.oneof(
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        fc.constant('2026-11-22T09:30:00Z'),
        word,
      ),
      datacontenttype: fc.constantFrom('application/json', 'text/plain'),
      data: fc.record(
        {
          type: fc.constantFrom(...TRANSACTION_TYPES, 'gift'),
          amountMinor: fc.oneof(fc.integer({ min: -1, max: 100_000 }), fc.maxSafeNat(), fc.double()),
          currency: fc.oneof(fc.constantFrom('EUR', 'USD'), fc.string({ maxLength: 4 })),
          merchantCategory: fc.oneof(fc.constantFrom('5411', '0000'), fc.string({ maxLength: 5 })),
          other: fc.constant(null),
        },
        { requiredKeys: ['type', 'amountMinor', 'currency'] },
      ),
    },
    { requiredKeys: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'data'] },
  )
  .chain((made) =>
    fc.shuffledSubarray(Object.entries(made), { minLength: 6 }).map((entries) => Object.fromEntries(entries)),
  );

test('whatever takes the fast road is what the general road makes of it', () => {
  fc.assert(
    fc.property(anyEvent, fc.constantFrom(undefined, 1), (made, space) => {
      const bytes = Buffer.from(JSON.stringify(made, null, space));
      const plain = parsePlainTransaction(bytes);
      if (plain !== null) expect(plain).toEqual(general(bytes));
    }),
    { numRuns: 2_000 },
  );
});

test('a good transaction with any byte changed, left out or put in is never read differently', () => {
  const good = Buffer.from(text);
  const changed = fc.tuple(fc.nat(good.length - 1), fc.nat(255), fc.constantFrom(0, 1), fc.constantFrom(0, 1));
  fc.assert(
    fc.property(changed, ([at, byte, cut, put]) => {
      const bytes = Buffer.concat([good.subarray(0, at), Buffer.alloc(put, byte), good.subarray(at + cut)]);
      const plain = parsePlainTransaction(bytes);
      if (plain !== null) expect(plain).toEqual(general(bytes));
    }),
    { numRuns: 5_000 },
  );
});
