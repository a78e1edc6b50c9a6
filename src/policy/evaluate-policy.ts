// One half of a decision: probability of default and facts in, the wanted limit, price and type out, with the reason
// and the figure of every rule that had a say. Pure; a higher risk never gets a higher limit, all else equal.
import { assert } from '../lib/assert.ts';
import { floorToStep } from '../lib/money.ts';
import { incomeOf } from './income-of.ts';
import type { CreditType, CurrencyAmounts, PolicyDocument } from './policy-document.ts';
import type { PolicyFacts } from './policy-facts.ts';
import { orderReasons, type Reason, type ReasonCode } from './reasons.ts';
import { blockFewStatements } from './rules/block-few-statements.ts';
import { blockIncomeUnknown } from './rules/block-income-unknown.ts';
import { blockLatePayment } from './rules/block-late-payment.ts';
import { blockPersistentDebt } from './rules/block-persistent-debt.ts';
import { blockTooSoon } from './rules/block-too-soon.ts';
import { capByIncome } from './rules/cap-by-income.ts';
import { capByPayments } from './rules/cap-by-payments.ts';
import { capByRepayment } from './rules/cap-by-repayment.ts';
import { capByRequest } from './rules/cap-by-request.ts';
import { capByRisk } from './rules/cap-by-risk.ts';
import { capByStart } from './rules/cap-by-start.ts';
import { capByStep, capByYear } from './rules/cap-by-steps.ts';
import { chooseCreditType } from './rules/choose-credit-type.ts';
import { findBandIndex } from './rules/find-band.ts';
import { isSmallIncrease } from './rules/ignore-small-change.ts';
import { lowerLimit } from './rules/lower-limit.ts';
import { priceRate } from './rules/price-rate.ts';
import { reviewUnjudgeable } from './rules/review-unjudgeable.ts';

/** What each rule allowed at most, and which rules stood in the way of an increase. */
export interface PolicyTrace {
  readonly caps: Readonly<Partial<Record<ReasonCode, number>>>;
  readonly blocks: readonly ReasonCode[];
}

export interface PolicyResult {
  /** False: the rules cannot judge, a person has to. */
  readonly judged: boolean;
  readonly approved: boolean;
  /** The limit this half wants: to open (0 if refused), or in place of the one in force. */
  readonly limitMinor: number;
  readonly rateBps: number | null;
  readonly creditType: CreditType | null;
  /** Lowered only because the customer is riskier than when the limit in force was set: no notice is due. */
  readonly riskWorsened: boolean;
  readonly reasons: readonly Reason[];
  readonly trace: PolicyTrace;
}

interface Cap {
  readonly code: ReasonCode;
  readonly capMinor: number;
  /** Holds an increase only; never the cause of a decrease. */
  readonly upOnly: boolean;
}

interface Evaluation {
  readonly facts: PolicyFacts;
  readonly probabilityOfDefault: number;
  readonly document: PolicyDocument;
  readonly amounts: CurrencyAmounts;
  readonly scoreReasons: readonly Reason[];
  readonly caps: readonly Cap[];
}

interface Wanted {
  readonly approved: boolean;
  readonly limitMinor: number;
  readonly riskWorsened: boolean;
  readonly reasons: readonly Reason[];
  readonly blocks: readonly ReasonCode[];
}

/** `scoreReasons`: what cost the customer points, told where the risk is what stood in the way. */
export function evaluatePolicy(
  facts: PolicyFacts,
  probabilityOfDefault: number,
  scoreReasons: readonly Reason[],
  document: PolicyDocument,
): PolicyResult {
  const unjudgeable = reviewUnjudgeable(facts, document);
  const amounts = document.amounts[facts.currency];
  if (unjudgeable !== null || amounts === undefined) return leaveToPerson(facts, unjudgeable ?? 'currency_not_covered');
  const caps = listCaps(facts, probabilityOfDefault, amounts, document);
  const evaluation = { facts, probabilityOfDefault, document, amounts, scoreReasons, caps };
  const wanted = facts.account.limitMinor === null ? openLimit(evaluation) : moveLimit(evaluation);
  return {
    judged: true,
    approved: wanted.approved,
    limitMinor: wanted.limitMinor,
    rateBps: wanted.approved ? priceRate(probabilityOfDefault, document) : null,
    creditType: wanted.approved ? chooseCreditType(probabilityOfDefault, facts.ledger.statementCount, document) : null,
    riskWorsened: wanted.riskWorsened,
    reasons: orderReasons(wanted.reasons),
    trace: {
      caps: Object.fromEntries(caps.map((cap) => [cap.code, cap.capMinor])),
      blocks: wanted.blocks,
    },
  };
}

function leaveToPerson(facts: PolicyFacts, code: ReasonCode): PolicyResult {
  return {
    judged: false,
    approved: false,
    limitMinor: carriedByFinances(facts.account) ?? 0,
    rateBps: null,
    creditType: null,
    riskWorsened: false,
    reasons: [{ code, details: {} }],
    trace: { caps: {}, blocks: [] },
  };
}

function listCaps(
  facts: PolicyFacts,
  probabilityOfDefault: number,
  amounts: CurrencyAmounts,
  document: PolicyDocument,
): Cap[] {
  const caps: Cap[] = [];
  const add = (code: ReasonCode, capMinor: number | null, upOnly: boolean) => {
    if (capMinor !== null) caps.push({ code, capMinor, upOnly });
  };
  add('risk_band', capByRisk(probabilityOfDefault, amounts, document), false);
  const income = incomeOf(facts.income);
  if (income === null) {
    add('proven_payments', capByPayments(facts.ledger, document), true);
  } else {
    add('income_multiple', capByIncome(income.incomeMinor, probabilityOfDefault, document), !income.declared);
    add('monthly_repayment', capByRepayment(income.incomeMinor, document), !income.declared);
  }
  add('starting_limit', capByStart(facts, amounts, document), true);
  add('requested_amount', capByRequest(facts), true);
  if (facts.account.limitMinor !== null) {
    add('increase_step', capByStep(facts.account, document), true);
    add('increase_year', capByYear(facts.account, document), true);
  }
  return caps;
}

function lowestOf(caps: readonly Cap[]): number {
  return caps.reduce((lowest, cap) => Math.min(lowest, cap.capMinor), Number.MAX_SAFE_INTEGER);
}

function bindingOf(caps: readonly Cap[]): readonly Cap[] {
  const lowest = lowestOf(caps);
  return caps.filter((cap) => cap.capMinor === lowest);
}

const toReason = (cap: Cap): Reason => ({ code: cap.code, details: { capMinor: cap.capMinor } });
const plain = (code: ReasonCode): Reason => ({ code, details: {} });

/** Where the risk band is what holds, its own drivers are told with it. */
function explain(binding: readonly Cap[], evaluation: Evaluation): Reason[] {
  const isRisk = binding.some((cap) => isRiskCap(cap, evaluation));
  return [...binding.map(toReason), ...(isRisk ? evaluation.scoreReasons : [])];
}

/** The income multiple is a matter of risk, too, as soon as a better band would allow more. */
function isRiskCap(cap: Cap, { probabilityOfDefault, document }: Evaluation): boolean {
  if (cap.code === 'risk_band') return true;
  return cap.code === 'income_multiple' && findBandIndex(probabilityOfDefault, document) > 0;
}

function openLimit(evaluation: Evaluation): Wanted {
  const { facts, probabilityOfDefault, document, amounts, caps, scoreReasons } = evaluation;
  const refuse = (reasons: readonly Reason[]): Wanted => ({
    approved: false,
    limitMinor: 0,
    riskWorsened: false,
    reasons,
    blocks: [],
  });
  if (probabilityOfDefault > document.approval.probabilityOfDefaultMax) {
    return refuse([plain('risk_above_cutoff'), ...scoreReasons]);
  }
  const limitMinor = floorToStep(lowestOf(caps), amounts.roundingStepMinor);
  const binding = bindingOf(caps);
  if (limitMinor < amounts.limitMinMinor || limitMinor === 0) {
    const onlyRequest = binding.every((cap) => cap.code === 'requested_amount');
    return refuse(
      onlyRequest ? [plain('request_below_minimum')] : [plain('below_minimum'), ...explain(binding, evaluation)],
    );
  }
  const wantsMore = facts.requestedLimitMinor !== null && limitMinor < facts.requestedLimitMinor;
  return {
    approved: true,
    limitMinor,
    riskWorsened: false,
    reasons: wantsMore ? explain(binding, evaluation) : binding.map(toReason),
    blocks: [],
  };
}

/** The part of the limit in force that the finances stand behind; mood may have raised it, or withheld part of a rise. */
function carriedByFinances({ limitMinor, financialLimitMinor }: PolicyFacts['account']): number | null {
  return limitMinor === null || financialLimitMinor === null ? null : Math.min(limitMinor, financialLimitMinor);
}

function moveLimit(evaluation: Evaluation): Wanted {
  const { facts, probabilityOfDefault, document, amounts, caps } = evaluation;
  const baseMinor = carriedByFinances(facts.account);
  assert(baseMinor !== null, 'a limit in force has a financial limit behind it');
  const approved = probabilityOfDefault <= document.approval.probabilityOfDefaultMax;
  const hard = caps.filter((cap) => !cap.upOnly);
  const hardMinor = lowestOf(hard);
  if (hardMinor >= baseMinor) return { approved, ...raiseLimit(evaluation, baseMinor) };
  const targetMinor = floorToStep(hardMinor, amounts.roundingStepMinor);
  const { limitMinor, held } = lowerLimit(facts, baseMinor, targetMinor, amounts, document);
  const heldReasons = held.map(plain);
  if (limitMinor === baseMinor) {
    return { approved, limitMinor, riskWorsened: false, reasons: heldReasons, blocks: [] };
  }
  const binding = bindingOf(hard);
  return {
    approved,
    limitMinor,
    riskWorsened: isLoweredByRiskAlone(evaluation, baseMinor),
    reasons: [...explain(binding, evaluation), ...heldReasons],
    blocks: [],
  };
}

/** With the risk as it was when the limit in force was set, nothing would be lowered now. */
function isLoweredByRiskAlone({ facts, document, amounts }: Evaluation, baseMinor: number): boolean {
  const before = facts.account.probabilityOfDefaultWhenSet;
  if (before === null) return false;
  const hard = listCaps(facts, before, amounts, document).filter((cap) => !cap.upOnly);
  return lowestOf(hard) >= baseMinor;
}

/** From the base upwards. Steps count from the limit in force, so that a limit raised by mood does not hold the finances back. */
function raiseLimit(evaluation: Evaluation, baseMinor: number): Omit<Wanted, 'approved'> {
  const { facts, document, amounts, caps } = evaluation;
  const inForceMinor = facts.account.limitMinor ?? baseMinor;
  const blocks = listBlocks(facts, document);
  const targetMinor = Math.max(baseMinor, floorToStep(lowestOf(caps), amounts.roundingStepMinor));
  const result = (limitMinor: number, reasons: readonly Reason[]) => ({
    limitMinor,
    riskWorsened: false,
    reasons,
    blocks,
  });
  const binding = bindingOf(caps);
  if (targetMinor <= inForceMinor) {
    return result(blocks.length > 0 ? baseMinor : targetMinor, explain(binding, evaluation));
  }
  if (blocks.length > 0) return result(baseMinor, blocks.map(plain));
  if (facts.requestedLimitMinor === null && isSmallIncrease(inForceMinor, targetMinor, document)) {
    return result(inForceMinor, [plain('small_change')]);
  }
  const wantsMore = facts.requestedLimitMinor !== null && targetMinor < facts.requestedLimitMinor;
  return result(targetMinor, wantsMore ? explain(binding, evaluation) : binding.map(toReason));
}

function listBlocks(facts: PolicyFacts, document: PolicyDocument): ReasonCode[] {
  const blocks: ReasonCode[] = [];
  if (blockLatePayment(facts.ledger, document)) blocks.push('late_payment');
  if (blockPersistentDebt(facts.ledger, document)) blocks.push('persistent_debt');
  if (blockIncomeUnknown(facts, document)) blocks.push('income_unknown');
  if (blockTooSoon(facts, document)) blocks.push('increase_too_soon');
  if (blockFewStatements(facts, document)) blocks.push('few_statements');
  return blocks;
}
