// I1: every accepted event is counted exactly once. Readings by their number per customer, money by its rows and what they say,
// profiles by the newest word, and no fingerprint of an event twice.
import { type Evidence, type Finding, type Invariant, report } from './invariant.ts';

export const countedOnce: Invariant = {
  id: 'I1',
  promise: 'every accepted event is counted exactly once',
  when: 'quiet',
  async check(evidence) {
    return [
      ...(await checkReadings(evidence)),
      ...(await checkTransactions(evidence)),
      ...(await checkStatements(evidence)),
      ...(await checkIncomes(evidence)),
      ...(await checkFingerprints(evidence)),
    ];
  },
};

interface Difference {
  readonly lost: number;
  readonly double: number;
  readonly texts: string[];
}

function toFindings({ lost, double, texts }: Difference): Finding[] {
  return report('I1', texts).map((finding) => ({ ...finding, lost, double }));
}

async function checkReadings({ query, oracle }: Evidence): Promise<Finding[]> {
  const rows = await query<{ key: string; readings: number }>(
    `select purpose || ' ' || customer_id as key, readings from emotional_states where customer_id ~ '^[cw]-'`,
  );
  const stored = new Map(rows.map(({ key, readings }) => [key, Number(readings)]));
  const expected = oracle.expectedStates();
  let lost = 0;
  let double = 0;
  const texts: string[] = [];
  for (const key of new Set([...stored.keys(), ...expected.keys()])) {
    const { readings: wanted = 0, maybe = 0 } = expected.get(key) ?? {};
    const found = stored.get(key) ?? 0;
    lost += Math.max(0, wanted - found);
    double += Math.max(0, found - wanted - maybe);
    if (found < wanted || found > wanted + maybe) texts.push(`${key}: ${found} readings instead of ${wanted}`);
  }
  return toFindings({ lost, double, texts });
}

async function checkTransactions({ query, oracle }: Evidence): Promise<Finding[]> {
  const rows = await query<{ transaction_id: string; customer_id: string; type: string; amount_minor: string }>(
    `select transaction_id, customer_id, type, amount_minor from transactions where source = 'urn:faults'`,
  );
  const texts: string[] = [];
  const found = new Set<string>();
  let double = 0;
  for (const row of rows) {
    const wanted = oracle.transactions.get(row.transaction_id);
    const isSame =
      wanted?.customerId === row.customer_id &&
      wanted.type === row.type &&
      wanted.amountMinor === Number(row.amount_minor);
    const isRepeat = found.has(row.transaction_id);
    found.add(row.transaction_id);
    if (isRepeat) double++;
    if (!isRepeat && (isSame || oracle.maybeTransactions.has(row.transaction_id))) continue;
    texts.push(`transaction ${row.transaction_id} of ${row.customer_id} is not the one that was accepted`);
  }
  const missing = [...oracle.transactions.keys()].filter((id) => !found.has(id));
  texts.push(...missing.map((id) => `transaction ${id} is missing`));
  return toFindings({ lost: missing.length, double, texts });
}

async function checkStatements({ query, oracle }: Evidence): Promise<Finding[]> {
  const rows = await query<{ key: string; balance_minor: string; paid_minor: string }>(
    `select customer_id || ' ' || (extract(epoch from closed_at) * 1000)::bigint as key, balance_minor, paid_minor
     from statements where closed_by = 'lender' and customer_id ~ '^[cw]-'`,
  );
  const found = new Set(rows.map(({ key }) => key));
  const missing = [...oracle.statements.keys()].filter((key) => !found.has(key));
  const texts = missing.map((key) => `statement ${key} is missing`);
  for (const { key, balance_minor, paid_minor } of rows) {
    const wanted = oracle.statements.get(key);
    const isSame = wanted?.balanceMinor === Number(balance_minor) && wanted.paidMinor === Number(paid_minor);
    if (!isSame && !oracle.maybeStatements.has(key)) texts.push(`statement ${key} is not one that was accepted`);
  }
  return toFindings({ lost: missing.length, double: 0, texts });
}

async function checkIncomes({ query, oracle }: Evidence): Promise<Finding[]> {
  const rows = await query<{ customer_id: string; declared_income_minor: string | null }>(
    `select customer_id, declared_income_minor from customers where customer_id ~ '^[cw]-'`,
  );
  const stored = new Map(rows.map((row) => [row.customer_id, row.declared_income_minor]));
  const wrong = [...oracle.incomes].filter(
    ([customerId, { declaredIncomeMinor }]) =>
      Number(stored.get(customerId) ?? Number.NaN) !== declaredIncomeMinor && !oracle.maybeIncomes.has(customerId),
  );
  const texts = wrong.map(
    ([customerId, { declaredIncomeMinor }]) =>
      `${customerId} has the income ${stored.get(customerId)} instead of ${declaredIncomeMinor}`,
  );
  return toFindings({ lost: wrong.length, double: 0, texts });
}

interface FingerprintRow {
  readonly topic: string;
  readonly place: string;
  readonly fingerprints: Buffer;
}

/** A fingerprint that is stored twice in its hour was counted twice, whatever the sums say. */
async function checkFingerprints({ query, oracle }: Evidence): Promise<Finding[]> {
  const rows = await query<FingerprintRow>(
    `select topic, topic || '/' || partition || '@' || extract(epoch from hour_at) as place, fingerprints
     from event_fingerprints`,
  );
  const seen = new Map<string, Set<bigint>>();
  const texts: string[] = [];
  let double = 0;
  for (const { topic, place, fingerprints } of rows) {
    const own = seen.get(place) ?? new Set<bigint>();
    seen.set(place, own);
    for (let at = 0; at < fingerprints.length; at += 8) {
      const fingerprint = fingerprints.readBigUInt64LE(at);
      if (own.has(fingerprint)) {
        double++;
        texts.push(`a fingerprint stands twice in ${topic} ${place}`);
      }
      own.add(fingerprint);
    }
  }
  return [...toFindings({ lost: 0, double, texts }), ...compareCounts(seen, oracle)];
}

/** A waverer's events may have met a consent or not; everybody else's all counted. */
function compareCounts(seen: ReadonlyMap<string, ReadonlySet<bigint>>, oracle: Evidence['oracle']): Finding[] {
  const texts: string[] = [];
  const maybe = [...oracle.expectedStates().values()].reduce((sum, state) => sum + state.maybe, 0);
  for (const purpose of ['emotions', 'thoughts'] as const) {
    const { sure, wavering } = oracle.acceptedReadings(purpose);
    let found = 0;
    for (const [place, own] of seen) if (place.startsWith(`ecs.${purpose}.v1/`)) found += own.size;
    if (found < sure || found > sure + wavering + maybe)
      texts.push(`${found} fingerprints of ${purpose} instead of ${sure} to ${sure + wavering + maybe}`);
  }
  return report('I1', texts);
}
