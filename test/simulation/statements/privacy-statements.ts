// What a change of consent asks of the database: the words that were said, and the state that stands for a live consent.

import { customersOf, readGiven, type SqlStatement } from '../sql-arguments.ts';
import { lockOf, type StatementModels, type View } from '../statement-model.ts';
import type { Tables } from '../tables.ts';
import { emptyState } from './affect-statements.ts';

type Word = Tables['consents'];

interface Purpose {
  readonly customer_id: string;
  readonly purpose: string;
}

const stateLocks = (_view: View, statement: SqlStatement) =>
  readGiven<Purpose>(statement, 'g').map((one) => lockOf('emotional_states', one.customer_id, one.purpose));

function standingWords(view: View, statement: SqlStatement): object[] {
  const asked = new Set(customersOf(statement));
  return view.rows('consents').flatMap((row) => {
    if (!asked.has(row.customer_id)) return [];
    const state = view.get('emotional_states', row.customer_id, row.purpose);
    return [{ ...row, consented_from: state?.consented_from ?? null }];
  });
}

function toWord(values: readonly unknown[]): Word[] {
  const [ids, purposes, granted, changed] = values as [string[], string[], boolean[], Date[]];
  return ids.map((customer_id, i) => ({
    customer_id,
    purpose: purposes[i] ?? '',
    granted: granted[i] ?? false,
    changed_at: changed[i] ?? new Date(Number.NaN),
  }));
}

function insertStates(view: View, statement: SqlStatement): number {
  const given = readGiven<Purpose & { consented_from: Date }>(statement, 'g');
  for (const { customer_id, purpose, consented_from } of given) {
    view.insert('emotional_states', emptyState(customer_id, purpose, consented_from));
  }
  return given.length;
}

export const PRIVACY_STATEMENTS: StatementModels = [
  ['privacy-load-consents', { run: standingWords }],
  [
    'privacy-load-kept-words',
    {
      run: (view, { values }) =>
        toWord(values).filter(
          (word) =>
            view.get('consent_changes', word.customer_id, word.purpose, word.granted, word.changed_at.getTime()) !==
            undefined,
        ),
    },
  ],
  [
    'privacy-insert-words',
    {
      run(view, { values }) {
        for (const word of toWord(values)) view.insert('consent_changes', word);
        return 0;
      },
    },
  ],
  [
    'privacy-upsert-consents',
    {
      run(view, { values }) {
        for (const word of toWord(values)) view.put('consents', word);
        return 0;
      },
    },
  ],
  [
    'privacy-delete-states',
    {
      locks: stateLocks,
      run(view, statement) {
        for (const { customer_id, purpose } of readGiven<Purpose>(statement, 'g')) {
          const row = view.get('emotional_states', customer_id, purpose);
          if (row !== undefined) view.remove('emotional_states', row);
        }
        return 0;
      },
    },
  ],
  [
    'privacy-delete-decision-emotions',
    {
      run(view, statement) {
        const asked = new Set(customersOf(statement));
        for (const row of view.rows('decision_emotions'))
          if (asked.has(row.customer_id)) view.remove('decision_emotions', row);
        return 0;
      },
    },
  ],
  ['privacy-insert-states', { locks: stateLocks, run: insertStates }],
];
