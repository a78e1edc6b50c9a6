import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cardLedgerCsv, cardLedgerLine } from '../../../test/support/card-ledger-file.ts';
import { checkCardLedger } from './check-card-ledger.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-ledger-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function check(text: string, prefix = 'card-') {
  const path = join(folder, 'ledger.csv');
  await writeFile(path, text);
  return checkCardLedger(path, prefix, () => {});
}

const good = cardLedgerCsv([{ ID: '1' }, { ID: '2' }, { ID: '3' }]);

test('a good file: how many, and its hash', async () => {
  expect(await check(good)).toEqual({
    customers: 3,
    fileSha256: createHash('sha256').update(good).digest('hex'),
  });
});

test.each([
  ['a byte order mark', `\ufeff${good}`],
  ['Windows line ends', good.replaceAll('\n', '\r\n')],
  ['empty lines and columns that nobody reads', `${good}\n\n`],
])('%s is no trouble', async (_what, text) => {
  expect((await check(text)).customers).toBe(3);
});

test.each([
  ['a missing column', good.replace('PAY_AMT4', 'PAYMENT4'), 'line 1: column PAY_AMT4 is missing'],
  ['a column twice', good.replace('SEX', 'PAY_0'), 'line 1: column PAY_0 stands there twice'],
  ['a word for a number', cardLedgerCsv([{ ID: '1' }, { ID: '2', BILL_AMT3: 'much' }]), 'line 3: column BILL_AMT3'],
  ['a status that none is', cardLedgerCsv([{ ID: '1', PAY_0: '-3' }]), 'line 2: column PAY_0'],
  ['a negative limit', cardLedgerCsv([{ ID: '1', LIMIT_BAL: '-1' }]), 'line 2: column LIMIT_BAL'],
  [
    'an id twice',
    cardLedgerCsv([{ ID: '1' }, { ID: '2' }, { ID: '1' }]),
    'line 4: column ID holds 1 again, after line 2',
  ],
  ['no id', cardLedgerCsv([{ ID: '' }]), 'line 2: column ID'],
  ['an id with a space', cardLedgerCsv([{ ID: 'a b' }]), 'line 2: column ID makes no customer id'],
  [
    'a leap no purchase makes',
    cardLedgerCsv([{ ID: '1', BILL_AMT2: '-9999999999', BILL_AMT1: '9999999999' }]),
    'line 2: column BILL_AMT1 is further',
  ],
  ['too few fields', `${good}4,1000\n`, 'on line 5'],
  ['an open quote', `${good}"4`, 'Quote Not Closed'],
  ['a header alone', good.slice(0, good.indexOf('\n')), 'holds no rows'],
  ['nothing at all', '', 'holds no rows'],
])('%s is refused by its place', async (_what, text, message) => {
  await expect(check(text)).rejects.toMatchObject({
    code: 'ECS_FILE_INVALID',
    message: expect.stringContaining(message),
  });
});

test('a refusal names the file', async () => {
  await expect(check(good.replace('PAY_2', 'X'))).rejects.toThrow('ledger.csv: line 1');
  await expect(checkCardLedger(join(folder, 'absent.csv'), '', () => {})).rejects.toThrow('absent.csv cannot be read');
});

test('the prefix counts for the length of a customer id', async () => {
  const text = cardLedgerCsv([{ ID: 'x'.repeat(190) }]);
  expect((await check(text, '')).customers).toBe(1);
  await expect(check(text, 'y'.repeat(11))).rejects.toThrow('line 2: column ID');
});

test('a row is one line of the fixture', () => {
  expect(cardLedgerLine({ ID: '1' }).split(',')).toHaveLength(25);
});
