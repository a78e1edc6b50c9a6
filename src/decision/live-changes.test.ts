import type { Statement } from '../ledger/index.ts';
import { liveChanges } from './live-changes.ts';
import type { ToldFigure } from './tell-change.ts';

const statement = (changes: Partial<Statement> = {}): Statement => ({
  closedAtMs: 0,
  balanceMinor: 800,
  minimumDueMinor: 20,
  paidMinor: 100,
  monthsPastDue: 0,
  standing: 'revolving',
  limitMinor: 1_000,
  ...changes,
});
/** 1,000 owed, 100 of it paid, 200 spent: 800 at first, now 900. */
const BEFORE = statement();
const LATEST = statement({ balanceMinor: 900, paidMinor: 100 });
const late = (monthsPastDue: number) => statement({ monthsPastDue, standing: 'past_due' });

const latestOf = (figures: ToldFigure[], statements = [BEFORE, LATEST]) =>
  liveChanges(statements, figures)?.map((way) => {
    const { balanceMinor, paidMinor } = way.at(-1) ?? {};
    return [balanceMinor, paidMinor];
  });

test.each<[string, ToldFigure[], (number | undefined)[][] | undefined]>([
  ['a larger payment lowers the balance by as much', [{ kind: 'payment', amountMinor: 350 }], [[650, 350]]],
  ['a payment that was made already', [{ kind: 'payment', amountMinor: 90 }], [[900, 100]]],
  ['a share of what the statement before said', [{ kind: 'payment_share', permille: 405 }], [[676, 324]]],
  ['a payment of all that is owed', [{ kind: 'payment', amountMinor: 1_000 }], [[0, 1_000]]],
  ['a payment that would leave a credit', [{ kind: 'payment', amountMinor: 1_001 }], undefined],
  [
    'less in use, by spending less or by paying more',
    [{ kind: 'utilisation', permille: 800 }],
    [
      [799, 100],
      [799, 201],
    ],
  ],
  [
    'more than was spent has to be paid in either way',
    [{ kind: 'utilisation', permille: 500 }],
    [
      [499, 301],
      [499, 501],
    ],
  ],
  [
    'nothing in use',
    [{ kind: 'utilisation', permille: 0 }],
    [
      [0, 800],
      [0, 1_000],
    ],
  ],
  ['as little as is in use already', [{ kind: 'utilisation', permille: 901 }], [[900, 100]]],
  [
    'a payment first, then what is in use',
    [
      { kind: 'utilisation', permille: 700 },
      { kind: 'payment', amountMinor: 200 },
    ],
    [
      [699, 200],
      [699, 301],
    ],
  ],
])('%s', (_, figures, expected) => {
  expect(latestOf(figures)).toEqual(expected);
});

test.each<[string, Statement[], ToldFigure]>([
  ['no statement before', [LATEST], { kind: 'payment_share', permille: 500 }],
  ['no limit', [BEFORE, { ...LATEST, limitMinor: null }], { kind: 'utilisation', permille: 500 }],
  ['no statement', [], { kind: 'payment', amountMinor: 1 }],
])('%s: it cannot be done', (_, statements, figure) => {
  expect(liveChanges(statements, [figure])).toBeNull();
});

test('paid on time: the latest so many were not late, earlier ones stay what they were', () => {
  const [way = []] = liveChanges([late(1), late(2), late(3), statement()], [{ kind: 'on_time', statements: 3 }]) ?? [];
  expect(way.map(({ monthsPastDue, standing }) => [monthsPastDue, standing])).toEqual([
    [1, 'past_due'],
    [0, 'revolving'],
    [0, 'revolving'],
    [0, 'revolving'],
  ]);
});
