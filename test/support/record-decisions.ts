// Records decisions for the golden test of replay: odd figures from a seed, every outcome, several packs and moods.

import { RECORD_FORMAT, sealRecord } from '../../src/decision/decision-record.ts';
import { decide } from '../../src/decision/index.ts';
import { computeFeatures, type Statement } from '../../src/ledger/index.ts';
import { canonicalJson } from '../../src/lib/canonical-json.ts';
import { createSeededRandom } from '../../src/lib/seeded-random.ts';
import { loadScorecard, shippedScorecardPath } from '../../src/model/index.ts';
import { loadPolicies, type PackName } from '../../src/policy/index.ts';
import { CALM, DISTRESSED, GLOOMY, HAPPY, type InputOverrides, makeInput, policyOf } from './decision-inputs.ts';
import { makeFacts, makeNewFacts } from './policy-facts.ts';

/** Models and policies by version, and the two records of each decision; all of it canonical text. */
export interface RecordedDecisions {
  readonly models: Readonly<Record<string, string>>;
  readonly policies: Readonly<Record<string, string>>;
  readonly decisions: readonly { readonly name: string; readonly record: string; readonly emotions: string | null }[];
}

/** Six statements that follow from the seed: odd amounts, so that every digit of a score counts. */
function drawStatements(seed: number, latePayments: number): Statement[] {
  const random = createSeededRandom(seed);
  return [0, 1, 2, 3, 4, 5].map((month) => {
    const isLate = month >= 6 - latePayments;
    return {
      closedAtMs: makeFacts().nowMs - (6 - month) * 30 * 86_400_000,
      balanceMinor: Math.floor(random() * 190_000),
      minimumDueMinor: 1_000,
      paidMinor: isLate ? 0 : Math.floor(random() * 90_000),
      monthsPastDue: isLate ? month - 5 + latePayments : 0,
      standing: isLate ? 'past_due' : 'revolving',
      limitMinor: 200_000,
    };
  });
}

const CASES: readonly (InputOverrides & { readonly name: string; readonly pack?: PackName; readonly late?: number })[] =
  [
    { name: 'a step up' },
    { name: 'good spirits, but no verdict', emotions: HAPPY, verdict: null },
    { name: 'good spirits', emotions: HAPPY },
    { name: 'a low mood', emotions: GLOOMY, thoughts: CALM },
    { name: 'acute distress', emotions: DISTRESSED, thoughts: DISTRESSED },
    { name: 'late for months', late: 3 },
    { name: 'late for months, income gone', late: 4, facts: makeFacts({ income: { declaredIncomeMinor: 20_000 } }) },
    { name: 'an application', facts: makeNewFacts(), trigger: 'api', emotions: CALM },
    { name: 'an application for a sum', facts: makeNewFacts({ requestedLimitMinor: 123_456 }), trigger: 'api' },
    {
      name: 'an application refused',
      facts: makeNewFacts({ income: { declaredIncomeMinor: 9_000 } }),
      trigger: 'api',
      late: 5,
    },
    { name: 'an application nobody can judge', facts: makeNewFacts({ currency: 'JPY' }), trigger: 'api' },
    { name: 'brazil: waits for assent', pack: 'br', emotions: HAPPY },
    { name: 'united states: care', pack: 'us', emotions: DISTRESSED },
    { name: 'european union: no emotion', pack: 'eu', emotions: DISTRESSED },
    { name: 'frozen', frozen: true, late: 2 },
  ];

export async function recordDecisions(): Promise<RecordedDecisions> {
  const model = await loadScorecard(shippedScorecardPath());
  const policies = await loadPolicies();
  const decisions = CASES.map(({ name, pack = 'generic', late = 0, ...over }, index) => {
    const input = makeInput(policyOf(policies, pack), over);
    const features = Array.from(computeFeatures(drawStatements(index + 1, late), 300_000), (value) =>
      Number.isNaN(value) ? null : value,
    );
    const financial = { ...input.financial, features, modelVersion: model.modelVersion };
    const result = decide({ ...input, financial, model });
    const { emotionalRecord } = result;
    return {
      name: `${name}, format ${RECORD_FORMAT}`,
      record: sealRecord(result.record).text,
      emotions: emotionalRecord === null ? null : sealRecord(emotionalRecord).text,
    };
  });
  const used = [...policies.byPack.values()].filter((policy) => policy.pack !== 'uk');
  return {
    models: { [model.modelVersion]: canonicalJson(model.artefact) },
    policies: Object.fromEntries(used.map((policy) => [policy.policyVersion, canonicalJson(policy.document)])),
    decisions,
  };
}
