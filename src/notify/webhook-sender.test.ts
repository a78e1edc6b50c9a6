import type { LookupAddress } from 'node:dns';
import { Webhook } from 'standardwebhooks';
import { eventually } from '../../test/support/eventually.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../test/support/webhook-receiver.ts';
import type { OutgoingEvent } from '../events/outgoing-event.ts';
import type { WebhookTarget } from './load-webhooks.ts';
import { makeWebhookSecret } from './save-webhook.ts';
import type { LookupAll } from './shared-lookup.ts';
import { createWebhookSender, type WebhookSender, type WebhookSenderOptions } from './webhook-sender.ts';
import { findUrlProblem } from './webhook-url.ts';

const EVENT: OutgoingEvent = {
  specversion: '1.0',
  id: '0199a3f0-0000-7000-8000-000000000001',
  source: 'urn:ecs',
  type: 'credit_limit.adjusted',
  subject: 'kunde-ü-1',
  time: '2026-11-22T09:30:00.000Z',
  datacontenttype: 'application/json',
  sequence: '7',
  data: { limitMinor: 150_000, reason: 'Grüße, 你好' },
};
const NEVER = new AbortController().signal;

let receiver: WebhookReceiver;
const senders: WebhookSender[] = [];

beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.stop()));
  await receiver.close();
});

function makeSender(options: Partial<WebhookSenderOptions> = {}): WebhookSender {
  const sender = createWebhookSender({ allowPrivateTargets: true, timeoutMs: 2_000, clock: Date.now, ...options });
  senders.push(sender);
  return sender;
}

function makeTarget(more: Partial<WebhookTarget> = {}): WebhookTarget {
  return { url: receiver.url, secret: makeWebhookSecret(), previousSecret: null, previousSecretUntilMs: 0, ...more };
}

describe('what the receiver gets', () => {
  it('is the CloudEvent, signed so that the standard library accepts it', async () => {
    const target = makeTarget();
    expect(await makeSender().send(target, EVENT, NEVER)).toEqual({ result: 'delivered' });
    const [request] = receiver.received;
    expect(JSON.parse(request?.body ?? '')).toEqual(EVENT);
    expect(request?.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-id': EVENT.id,
    });
    expect(new Webhook(target.secret).verify(request?.body ?? '', request?.headers ?? {})).toEqual(EVENT);
    expect(() => new Webhook(makeWebhookSecret()).verify(request?.body ?? '', request?.headers ?? {})).toThrow(
      /No matching signature/,
    );
  });

  it('is signed with both secrets until the old one ends, then with the new one only', async () => {
    const untilMs = Date.now() + 60_000;
    const target = makeTarget({ previousSecret: makeWebhookSecret(), previousSecretUntilMs: untilMs });
    await makeSender().send(target, EVENT, NEVER);
    await makeSender({ clock: () => untilMs }).send(target, EVENT, NEVER);
    const verify = (secret: string | null, index: number) => () =>
      new Webhook(secret ?? '').verify(receiver.received[index]?.body ?? '', receiver.received[index]?.headers ?? {});
    expect(verify(target.secret, 0)).not.toThrow();
    expect(verify(target.previousSecret, 0)).not.toThrow();
    expect(verify(target.secret, 1)).not.toThrow();
    expect(verify(target.previousSecret, 1)).toThrow(/No matching signature/);
  });
});

describe('a receiver that does not behave', () => {
  it.each(['hang', 'drip-headers'] as const)('(%s) is given up when the time is up', async (answer) => {
    receiver.answerWith(answer);
    const outcome = await makeSender({ timeoutMs: 200 }).send(makeTarget(), EVENT, NEVER);
    expect(outcome).toEqual({ result: 'failed', error: 'no answer within 200 ms', overloaded: true });
    await eventually(() => expect(receiver.openSockets()).toBe(0));
  });

  it('(hangs up) fails', async () => {
    receiver.answerWith('drop');
    expect(await makeSender().send(makeTarget(), EVENT, NEVER)).toMatchObject({ result: 'failed', overloaded: true });
  });

  it('(endless body) counts by its status, and is cut off', async () => {
    receiver.answerWith('endless-body');
    expect(await makeSender().send(makeTarget(), EVENT, NEVER)).toEqual({ result: 'delivered' });
    await eventually(() => expect(receiver.openSockets()).toBe(0));
  });

  it('(redirect) is not followed', async () => {
    const other = await startWebhookReceiver();
    try {
      receiver.answerWith({ status: 307, headers: { location: other.url } });
      expect(await makeSender().send(makeTarget(), EVENT, NEVER)).toMatchObject({ result: 'failed' });
      expect(other.received).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('(headers without end) is refused', async () => {
    receiver.answerWith({ status: 200, headers: { 'x-big': 'a'.repeat(64 * 1024) } });
    expect(await makeSender().send(makeTarget(), EVENT, NEVER)).toMatchObject({ result: 'failed', overloaded: true });
  });

  it('(nobody listens) is named, also when the name has several addresses', async () => {
    const { port } = receiver;
    await receiver.close();
    const lookup: LookupAll = (_name, _options, answer) =>
      answer(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 },
      ]);
    for (const host of ['127.0.0.1', 'receiver.example']) {
      const target = makeTarget({ url: `http://${host}:${port}/` });
      expect(await makeSender({ lookup }).send(target, EVENT, NEVER)).toMatchObject({
        error: expect.stringMatching(/ECONNREFUSED/),
      });
    }
    receiver = await startWebhookReceiver();
  });
});

describe('the end of an attempt from our side', () => {
  it('is no attempt at all', async () => {
    receiver.answerWith('hang');
    const ending = new AbortController();
    const sending = makeSender().send(makeTarget(), EVENT, ending.signal);
    await eventually(() => expect(receiver.received).toHaveLength(1));
    ending.abort();
    expect(await sending).toEqual({ result: 'untried' });
    expect(await makeSender().send(makeTarget(), EVENT, ending.signal)).toEqual({ result: 'untried' });
    expect(receiver.received).toHaveLength(1);
  });

  it('leaves no listener on the long-lived signal', async () => {
    const counts = { added: 0, removed: 0 };
    const signal = new AbortController().signal;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      counts.added++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      counts.removed++;
      removeEventListener.apply(signal, args);
    };
    const sender = makeSender();
    for (const status of [200, 500]) {
      receiver.answerWith({ status, body: 'thanks' });
      await sender.send(makeTarget(), EVENT, signal);
    }
    await eventually(() => expect(counts).toEqual({ added: 2, removed: 2 }));
  });
});

describe('addresses', () => {
  const answerWith =
    (...addresses: LookupAddress[]): LookupAll =>
    (_name, _options, answer) =>
      answer(null, addresses);
  const V4 = (address: string): LookupAddress => ({ address, family: 4 });
  const V6 = (address: string): LookupAddress => ({ address, family: 6 });
  const named = () => makeTarget({ url: `http://receiver.example:${receiver.port}/hook` });

  it('reaches a private one when that is allowed: the others fail for no other reason', async () => {
    const sender = makeSender({ lookup: answerWith(V4('127.0.0.1')) });
    expect(await sender.send(named(), EVENT, NEVER)).toEqual({ result: 'delivered' });
  });

  it.each<[string, LookupAddress[]]>([
    ['loopback', [V4('127.0.0.1')]],
    ['loopback, other net', [V4('127.8.9.10')]],
    ['this host', [V4('0.0.0.0')]],
    ['this net', [V4('0.1.2.3')]],
    ['private', [V4('10.0.0.1')]],
    ['shared', [V4('100.64.0.1')]],
    ['cloud metadata', [V4('169.254.169.254')]],
    ['multicast', [V4('224.0.0.1')]],
    ['broadcast', [V4('255.255.255.255')]],
    ['loopback, IPv6', [V6('::1')]],
    ['unspecified, IPv6', [V6('::')]],
    ['IPv4 in IPv6', [V6('::ffff:127.0.0.1')]],
    ['IPv4 in IPv6, in hexadecimal', [V6('::ffff:7f00:1')]],
    ['NAT64', [V6('64:ff9b::7f00:1')]],
    ['6to4', [V6('2002:7f00:1::')]],
    ['unique local', [V6('fd00:ec2::254')]],
    ['link-local', [V6('fe80::1')]],
    ['one private among public', [V4('93.184.215.14'), V4('127.0.0.1')]],
  ])('refuses a name that resolves to %s', async (_name, addresses) => {
    const sender = makeSender({ allowPrivateTargets: false, lookup: answerWith(...addresses) });
    expect(await sender.send(named(), EVENT, NEVER)).toMatchObject({
      result: 'failed',
      error: expect.stringMatching(/is not allowed/),
    });
    expect(receiver.received).toEqual([]);
  });

  it('looks at the address anew at each attempt, so a name that moves inside after its registration gains nothing', async () => {
    let inside = false;
    const lookup: LookupAll = (_name, _options, answer) =>
      inside ? answer(null, [V4('127.0.0.1')]) : answer(Object.assign(new Error('not yet'), { code: 'ENOTFOUND' }), []);
    const sender = makeSender({ allowPrivateTargets: false, lookup });
    expect(findUrlProblem(named().url, { allowPrivateTargets: false })).toBeUndefined();
    expect(await sender.send(named(), EVENT, NEVER)).toMatchObject({ error: 'not yet' });
    inside = true;
    expect(await sender.send(named(), EVENT, NEVER)).toMatchObject({ error: expect.stringMatching(/is not allowed/) });
    expect(receiver.received).toEqual([]);
  });

  it.each(['http://127.0.0.1', 'http://0177.0.0.1', 'http://2130706433', 'http://[::ffff:127.0.0.1]'])(
    'refuses %s also when it was registered while private targets were allowed',
    async (origin) => {
      const target = makeTarget({ url: `${origin}:${receiver.port}/hook` });
      expect(await makeSender({ allowPrivateTargets: false }).send(target, EVENT, NEVER)).toMatchObject({
        result: 'failed',
        error: expect.stringMatching(/public address/),
      });
      expect(receiver.received).toEqual([]);
    },
  );
});
