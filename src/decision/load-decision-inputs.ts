// Loads everything decisions about many customers are made from, in a handful of statements, under their locks.
import { type CustomerEmotions, lockEmotionFeatures } from '../affect/index.ts';
import type { Queryable } from '../db/index.ts';
import { computeFeatures, type LedgerFacts, loadLedger } from '../ledger/index.ts';
import { assert } from '../lib/assert.ts';
import { DAY_MS } from '../lib/clock.ts';
import type { MakeId } from '../lib/ids.ts';
import { hashEmotionBlock, type LoadedScorecard, loadVerdictInForce, type VerdictTerms } from '../model/index.ts';
import { type Policies, type Policy, packOf, summarizeLedger } from '../policy/index.ts';
import type { DecisionInput, EmotionalInputs, FinancialInputs } from './decision-input.ts';
import type { DecisionTrigger } from './decision-view.ts';
import { decidedAtMs, insertAbsentAccounts, type LockedAccount, lockPresentAccounts } from './load-accounts.ts';
import { type LimitHistory, loadLimitHistory } from './load-limit-history.ts';
import { loadProfiles, type Profile } from './load-profiles.ts';

export interface LoadRequest {
  readonly customerId: string;
  readonly trigger: DecisionTrigger;
  readonly requestedBy: string;
  readonly requestedLimitMinor: number | null;
  /** Decide, but write nothing. */
  readonly dryRun: boolean;
}

export interface LoadDeps {
  readonly model: LoadedScorecard;
  readonly policies: Policies;
  readonly makeId: MakeId;
  readonly makeNonce: () => string;
}

export interface LoadedInput {
  readonly dryRun: boolean;
  readonly input: DecisionInput;
  readonly account: LockedAccount;
  /** The limit that waits already; null where none does. */
  readonly scheduledLimitMinor: number | null;
}

interface CustomerFacts {
  readonly request: LoadRequest;
  readonly account: LockedAccount;
  readonly profile: Profile;
  readonly policy: Policy;
}

interface LoadedFacts {
  readonly ledger: LedgerFacts;
  readonly history: LimitHistory;
  readonly emotions: CustomerEmotions | undefined;
  readonly verdict: VerdictTerms | null;
}

const YEAR_MS = 365 * DAY_MS;
const NO_HISTORY: LimitHistory = {
  lowestInStepMinor: null,
  lowestInYearMinor: null,
  probabilityOfDefaultWhenSet: null,
  scheduledLimitMinor: null,
};

/** In the order asked; customers that are not known are left out. A customer may be asked for once. */
export async function loadDecisionInputs(
  tx: Queryable,
  requests: readonly LoadRequest[],
  nowMs: number,
  deps: LoadDeps,
): Promise<LoadedInput[]> {
  const customerIds = requests.map((request) => request.customerId);
  assert(new Set(customerIds).size === customerIds.length, 'a customer is asked for twice');
  const { accounts, profiles } = await lockWithProfiles(tx, customerIds);
  const customers = requests.flatMap((request) => {
    const account = accounts.get(request.customerId);
    const profile = profiles.get(request.customerId);
    if (account === undefined || profile === undefined) return [];
    return [{ request, account, profile, policy: policyOf(profile, deps.policies) }];
  });
  if (customers.length === 0) return [];
  return loadFacts(tx, customers, nowMs, deps);
}

interface LockedCustomers {
  readonly accounts: ReadonlyMap<string, LockedAccount>;
  readonly profiles: ReadonlyMap<string, Profile>;
}

/** Profiles are read behind the locks, on the same trip: what committed while we waited counts. */
async function lockWithProfiles(tx: Queryable, customerIds: readonly string[]): Promise<LockedCustomers> {
  const lock = async (): Promise<LockedCustomers> => {
    const [accounts, profiles] = await Promise.all([
      lockPresentAccounts(tx, customerIds),
      loadProfiles(tx, customerIds),
    ]);
    return { accounts, profiles };
  };
  const locked = await lock();
  if (locked.accounts.size === customerIds.length) return locked;
  await insertAbsentAccounts(tx, customerIds);
  return lock();
}

function policyOf(profile: Profile, policies: Policies): Policy {
  const pack = packOf(profile.jurisdiction, policies.defaultPack);
  const policy = policies.byPack.get(pack);
  assert(policy !== undefined, `there is no policy for the pack ${pack}`);
  return policy;
}

async function loadFacts(
  tx: Queryable,
  customers: readonly CustomerFacts[],
  nowMs: number,
  deps: LoadDeps,
): Promise<LoadedInput[]> {
  const idsOf = (some: readonly CustomerFacts[]) => some.map((customer) => customer.request.customerId);
  const feeling = customers.filter((customer) => customer.policy.document.pack.emotionMode !== 'off');
  // A row is a live consent: a withdrawal that committed first has left nothing to read, one that comes now waits until the
  // decision is written, and then erases what the decision stored.
  const windows = customers.map(({ request, policy }) => ({
    customerId: request.customerId,
    stepFromMs: nowMs - policy.document.steps.increaseEveryDays * DAY_MS,
    yearFromMs: nowMs - YEAR_MS,
  }));
  const [emotions, ledgers, histories, verdict] = await Promise.all([
    feeling.length === 0 ? new Map<string, CustomerEmotions>() : lockEmotionFeatures(tx, idsOf(feeling), nowMs),
    loadLedger(tx, idsOf(customers), nowMs),
    loadLimitHistory(tx, windows),
    loadVerdictIfAsked(tx, customers, deps.model),
  ]);
  return customers.map((customer) => {
    const { customerId } = customer.request;
    const ledger = ledgers.get(customerId);
    assert(ledger !== undefined, 'the ledger answers for every customer');
    const history = histories.get(customerId) ?? NO_HISTORY;
    return {
      dryRun: customer.request.dryRun,
      input: toInput(
        customer,
        { ledger, history, emotions: emotions.get(customerId), verdict: verdictFor(customer, verdict) },
        nowMs,
        deps,
      ),
      account: customer.account,
      scheduledLimitMinor: history.scheduledLimitMinor,
    };
  });
}

async function loadVerdictIfAsked(
  tx: Queryable,
  customers: readonly CustomerFacts[],
  model: LoadedScorecard,
): Promise<VerdictTerms | null> {
  const asked = customers.some(asksForEvidence);
  return asked ? loadVerdictInForce(tx, hashEmotionBlock(model.compiled.emotionBlock)) : null;
}

function verdictFor(customer: CustomerFacts, verdict: VerdictTerms | null): VerdictTerms | null {
  return asksForEvidence(customer) ? verdict : null;
}

function asksForEvidence({ policy }: CustomerFacts): boolean {
  return policy.document.pack.emotionMode === 'bounded';
}

function toInput(customer: CustomerFacts, facts: LoadedFacts, nowMs: number, deps: LoadDeps): DecisionInput {
  return {
    financial: toFinancialInputs(customer, facts, nowMs, deps),
    emotional: toEmotionalInputs(facts.emotions, deps.makeNonce),
    model: deps.model,
    policy: customer.policy,
    verdict: facts.verdict,
  };
}

function toFinancialInputs(
  { request, account, profile, policy }: CustomerFacts,
  { ledger, history, verdict }: LoadedFacts,
  nowMs: number,
  deps: LoadDeps,
): FinancialInputs {
  // Amounts enter the model in units of the lender's own median limit; a currency without one is not judged anyway.
  const unitMinor =
    policy.document.amounts[profile.currency]?.referenceUnitMinor ?? deps.model.compiled.referenceUnitMinor;
  const features = computeFeatures(ledger.statements, unitMinor);
  return {
    decisionId: deps.makeId(),
    customerId: request.customerId,
    sequence: account.decisionSequence + 1,
    nowMs: decidedAtMs(account, nowMs),
    trigger: request.trigger,
    requestedBy: request.requestedBy,
    currency: profile.currency,
    requestedLimitMinor: request.requestedLimitMinor,
    frozen: account.frozen,
    account: {
      limitMinor: account.limitMinor,
      financialLimitMinor: account.financialLimitMinor,
      lastIncreaseAtMs: account.lastIncreaseAtMs,
      lastDecreaseAtMs: account.lastDecreaseAtMs,
      lowestInStepMinor: history.lowestInStepMinor,
      lowestInYearMinor: history.lowestInYearMinor,
      probabilityOfDefaultWhenSet: history.probabilityOfDefaultWhenSet,
    },
    ledger: summarizeLedger(ledger.statements),
    income: {
      declaredIncomeMinor: profile.declaredIncomeMinor,
      observedIncomeMinor: ledger.observedIncomeMinor,
    },
    features: Array.from(features, (value) => (Number.isNaN(value) ? null : value)),
    modelVersion: deps.model.modelVersion,
    policyVersion: policy.policyVersion,
    emotionVerdict: verdict?.verdictSha256 ?? null,
  };
}

function toEmotionalInputs(found: CustomerEmotions | undefined, makeNonce: () => string): EmotionalInputs | null {
  if (found === undefined || (found.emotions === null && found.thoughts === null)) return null;
  return { nonce: makeNonce(), emotions: found.emotions, thoughts: found.thoughts };
}
