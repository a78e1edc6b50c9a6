import { CARD_LEDGER_COLUMNS, parseCardLedgerRow } from '../../ledger/index.ts';
import { cardLedgerEvents, monthEndsBefore } from './card-ledger-events.ts';

const record = () => {
  const values: Record<string, string> = { ID: '7', LIMIT_BAL: '1000' };
  const fill = (columns: readonly string[], numbers: readonly number[]) =>
    columns.forEach((column, place) => {
      values[column] = String(numbers[place]);
    });
  fill(CARD_LEDGER_COLUMNS.status, [-2, -1, 0, 1, 2, 0]);
  fill(CARD_LEDGER_COLUMNS.balance, [0, 100, 150, 150, 160, 90]);
  fill(CARD_LEDGER_COLUMNS.paid, [0, 0, 20, 0, 0, 80]);
  return values;
};

const into = {
  source: 'urn:test',
  prefix: 'card-',
  currency: 'TWD',
  closedAtMs: monthEndsBefore(Date.UTC(2026, 10, 22)),
};

const dataOf = (event: { value: Buffer }) => JSON.parse(event.value.toString()).data;

describe('monthEndsBefore', () => {
  test('six month starts in UTC, oldest first, over a year end', () => {
    expect(monthEndsBefore(Date.UTC(2026, 1, 1)).map((ms) => new Date(ms).toISOString().slice(0, 10))).toEqual([
      '2025-09-01',
      '2025-10-01',
      '2025-11-01',
      '2025-12-01',
      '2026-01-01',
      '2026-02-01',
    ]);
  });
});

describe('cardLedgerEvents', () => {
  const imported = cardLedgerEvents(parseCardLedgerRow(record()), into);

  test('one profile, six statements with limit and standing, the money in between', () => {
    const byTopic = (topic: string) => imported.events.filter((event) => event.topic === topic);
    expect(imported).toMatchObject({ customerId: 'card-7', limitMinor: 100_000 });
    expect(byTopic('ecs.customers.v1')).toHaveLength(1);
    expect(byTopic('ecs.statements.v1').map((event) => dataOf(event).standing)).toEqual([
      'inactive',
      'paid_in_full',
      'revolving',
      'past_due',
      'past_due',
      'revolving',
    ]);
    expect(byTopic('ecs.transactions.v1').map((event) => [dataOf(event).type, dataOf(event).amountMinor])).toEqual([
      ['purchase', 10_000],
      ['payment', 2_000],
      ['purchase', 7_000],
      ['purchase', 1_000],
      ['payment', 8_000],
      ['purchase', 1_000],
    ]);
  });

  test('the same row gives the same events', () => {
    expect(cardLedgerEvents(parseCardLedgerRow(record()), into)).toEqual(imported);
  });

  test('ids are unique', () => {
    const ids = imported.events.map((event) => `${event.topic} ${JSON.parse(event.value.toString()).id}`);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
