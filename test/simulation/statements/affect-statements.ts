// What the affect room asks of the database: the rows that stand for live consents, and the sums that are added to them.
import { decayFactor } from '../../../src/affect/decay.ts';
import { SUM_NAMES } from '../../../src/affect/fold-readings.ts';
import { customersOf, locksRows, readGiven, type SqlStatement } from '../sql-arguments.ts';
import { lockOf, type StatementModels, type View } from '../statement-model.ts';
import type { StateRow } from '../tables.ts';

const HALF_LIVES = [3, 30] as const;
export const SUM_COLUMNS = HALF_LIVES.flatMap((halfLife) => SUM_NAMES.map((name) => `${name}_${halfLife}`));

/** Any landmark will do: the first reading moves it forward. */
export function emptyState(customer_id: string, purpose: string, consented_from: Date): StateRow {
  return {
    ...{ customer_id, purpose, consented_from, landmark_day: 0, readings: 0, last_event_at: null },
    ...{ decided_valence_3: null, decided_stress_3: null },
    sums: Object.fromEntries(SUM_COLUMNS.map((column) => [column, 0])),
  };
}

interface GivenFold extends Readonly<Record<string, unknown>> {
  readonly customer_id: string;
  readonly landmark_day: number;
  readonly readings: number;
  readonly last_event_at: Date;
}

const ofCustomer = (view: View, customerIds: readonly string[]) => {
  const asked = new Set(customerIds);
  return view.rows('emotional_states').filter((row) => asked.has(row.customer_id));
};

const stateLock = (row: StateRow) => lockOf('emotional_states', row.customer_id, row.purpose);

const consenting = (view: View, statement: SqlStatement) =>
  ofCustomer(view, customersOf(statement)).filter((row) => row.purpose === statement.values[1]);

const stateLocks = (view: View, statement: SqlStatement) =>
  locksRows(statement) ? ofCustomer(view, customersOf(statement)).map(stateLock) : [];

/** Both sides are brought to the later landmark; nothing changes where it is the same. */
export function addFold(row: StateRow, given: GivenFold): StateRow {
  const landmark_day = Math.max(row.landmark_day, given.landmark_day);
  const sums = Object.fromEntries(
    HALF_LIVES.flatMap((halfLife) => {
      const kept = decayFactor(row.landmark_day - landmark_day, halfLife);
      const added = decayFactor(given.landmark_day - landmark_day, halfLife);
      return SUM_NAMES.map((name) => {
        const column = `${name}_${halfLife}`;
        const power = name === 'w2' ? 2 : 1;
        const before = (row.sums[column] ?? 0) * kept ** power;
        return [column, before + (given[column] as number) * added ** power];
      });
    }),
  );
  const lastMs = Math.max(row.last_event_at?.getTime() ?? Number.NEGATIVE_INFINITY, given.last_event_at.getTime());
  return { ...row, landmark_day, readings: row.readings + given.readings, last_event_at: new Date(lastMs), sums };
}

function hasMoved(row: StateRow, [valenceChange, stressChange]: readonly number[]): boolean {
  const sum = (column: string) => row.sums[column] ?? 0;
  const moved = (value: number, weight: number, decided: number | null, change: number) => {
    if (weight === 0) return false;
    return decided === null ? row.readings >= 3 : Math.abs(value / weight - decided) >= change;
  };
  return (
    moved(sum('valence_3'), sum('w_3'), row.decided_valence_3, valenceChange ?? 0) ||
    moved(sum('stress_3'), sum('stress_w_3'), row.decided_stress_3, stressChange ?? 0)
  );
}

function updateStates(view: View, statement: SqlStatement): object[] {
  const purpose = statement.values.find((value) => value === 'emotions' || value === 'thoughts');
  const thresholds = statement.values.filter((value): value is number => typeof value === 'number');
  return readGiven<GivenFold>(statement, 'given').flatMap((given): object[] => {
    const row = view.get('emotional_states', given.customer_id, purpose);
    if (row === undefined) return [{ customer_id: given.customer_id, moved: null }];
    const updated = addFold(row, given);
    view.put('emotional_states', updated);
    return hasMoved(updated, thresholds) ? [{ customer_id: given.customer_id, moved: true }] : [];
  });
}

function markDecided(view: View, statement: SqlStatement): number {
  for (const row of ofCustomer(view, customersOf(statement))) {
    const level = (value: string, weight: string) => {
      const w = row.sums[weight] ?? 0;
      return w === 0 ? null : (row.sums[value] ?? 0) / w;
    };
    const decided_valence_3 = level('valence_3', 'w_3');
    view.put('emotional_states', { ...row, decided_valence_3, decided_stress_3: level('stress_3', 'stress_w_3') });
  }
  return 0;
}

export const AFFECT_STATEMENTS: StatementModels = [
  [
    'affect-lock-live-consents',
    {
      locks: (view, statement) => (locksRows(statement) ? consenting(view, statement).map(stateLock) : []),
      run: consenting,
    },
  ],
  [
    /update emotional_states s set\s+landmark_day/,
    {
      locks: (_view, statement) => {
        const purpose = statement.values.find((value) => value === 'emotions' || value === 'thoughts');
        return readGiven<GivenFold>(statement, 'given').map((one) =>
          lockOf('emotional_states', one.customer_id, purpose),
        );
      },
      run: updateStates,
    },
  ],
  [
    'affect-load-known-customers',
    { run: (view, statement) => customersOf(statement).flatMap((id) => view.get('customers', id) ?? []) },
  ],
  ['save-decided-levels', { locks: stateLocks, run: markDecided }],
  [
    'lock-emotional-states',
    {
      locks: stateLocks,
      run: (view, statement) =>
        ofCustomer(view, customersOf(statement)).map(({ sums, ...row }) => ({ ...row, ...sums })),
    },
  ],
];
