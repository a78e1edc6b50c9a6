// Card ledger files for tests: a healthy card holder by default, any column set as the test wants it.

const COLUMNS = [
  ...['ID', 'LIMIT_BAL', 'SEX', 'EDUCATION', 'MARRIAGE', 'AGE'],
  ...['PAY_0', 'PAY_2', 'PAY_3', 'PAY_4', 'PAY_5', 'PAY_6'],
  ...['BILL_AMT1', 'BILL_AMT2', 'BILL_AMT3', 'BILL_AMT4', 'BILL_AMT5', 'BILL_AMT6'],
  ...['PAY_AMT1', 'PAY_AMT2', 'PAY_AMT3', 'PAY_AMT4', 'PAY_AMT5', 'PAY_AMT6'],
  'default.payment.next.month',
] as const;

export type CardLedgerFields = Partial<Record<(typeof COLUMNS)[number], string>> & { readonly ID: string };

const HEALTHY: Readonly<Record<string, string>> = {
  LIMIT_BAL: '140000',
  ...Object.fromEntries(COLUMNS.filter((name) => name.startsWith('PAY_')).map((name) => [name, '0'])),
  ...Object.fromEntries(COLUMNS.filter((name) => name.startsWith('BILL_')).map((name) => [name, '20000'])),
  ...Object.fromEntries(COLUMNS.filter((name) => name.startsWith('PAY_AMT')).map((name) => [name, '5000'])),
};

export function cardLedgerLine(fields: CardLedgerFields): string {
  const values = { ...HEALTHY, ...fields };
  return COLUMNS.map((name) => values[name] ?? '0').join(',');
}

export function cardLedgerCsv(rows: readonly CardLedgerFields[]): string {
  return [COLUMNS.join(','), ...rows.map(cardLedgerLine)].map((line) => `${line}\n`).join('');
}
