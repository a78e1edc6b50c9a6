import type { LookupAddress } from 'node:dns';
import { type LookupAll, shareLookups } from './shared-lookup.ts';

type Answer = Parameters<LookupAll>[2];

function setUp() {
  const asked: Array<{ hostname: string; family: unknown; answer: Answer }> = [];
  const lookup = shareLookups((hostname, options, answer) => asked.push({ hostname, family: options.family, answer }));
  const ask = (hostname: string, options: object = { all: true }) =>
    new Promise<unknown>((resolve, reject) =>
      lookup(hostname, options, (error, address, family) =>
        error ? reject(error) : resolve(family === undefined ? address : [address, family]),
      ),
    );
  return { asked, ask };
}

const V4: LookupAddress = { address: '192.0.2.1', family: 4 };
const V6: LookupAddress = { address: '2001:db8::1', family: 6 };

it('asks once for those who ask at the same time, and anew after the answer', async () => {
  const { asked, ask } = setUp();
  const answers = [ask('a.example'), ask('a.example'), ask('b.example'), ask('a.example', { family: 4 })];
  expect(asked.map(({ hostname, family }) => [hostname, family])).toEqual([
    ['a.example', 0],
    ['b.example', 0],
    ['a.example', 4],
  ]);
  for (const { answer } of asked) answer(null, [V6, V4]);
  expect(await Promise.all(answers)).toEqual([
    [V6, V4],
    [V6, V4],
    [V6, V4],
    [V6.address, 6],
  ]);
  void ask('a.example');
  expect(asked).toHaveLength(4);
});

it('hands a failure to all who wait, and takes an empty answer as one', async () => {
  const { asked, ask } = setUp();
  const answers = [ask('a.example'), ask('a.example'), ask('b.example')];
  asked[0]?.answer(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []);
  asked[1]?.answer(null, []);
  for (const answer of answers) await expect(answer).rejects.toMatchObject({ code: 'ENOTFOUND' });
});
