// What has to be true before emotion may enter a lender's probability of default, and what takes that away again. Fixed
// before any outcome is seen; a verdict carries the rules it was reached under, so that changed rules are seen.

export interface GateRules {
  readonly version: number;
  /** Chance of ever opening for a block that says nothing, over all looks and all claims together. */
  readonly errorTotal: number;
  /** Defaults of the earliest months that only teach the base score its level at this lender. */
  readonly learningDefaultsMin: number;
  /** Defaults of customers the block speaks of, after learning. */
  readonly defaultsMin: number;
  readonly aucLiftMin: number;
  /** Share of customers the block speaks of that may carry no group label. */
  readonly unlabelledShareMax: number;
  /** A group with fewer cannot be seen to be unharmed. */
  readonly groupDefaultsMin: number;
  /** How far the block may move a group, in log-odds, against everybody else of the same risk. */
  readonly groupOffsetMax: number;
  /** How much wider or narrower the block may spread in a group. */
  readonly groupSpreadMax: number;
  /** Both must hold with this many standard errors to spare. */
  readonly groupMarginErrors: number;
  /** Standard errors by which a group's defaults may miss what is expected of it because of the block. */
  readonly groupCalibrationErrors: number;
  /** Nats of evidence lost from the highest point since it opened. */
  readonly closingLoss: number;
  /** The latest months that hold this many defaults must show a gain. */
  readonly recentDefaults: number;
  /** An open gate shuts after this many months unless new outcomes have earned it again. */
  readonly validMonths: number;
  /** An open gate that nobody looks at shuts after this many months. */
  readonly lookEveryMonths: number;
}

export const GATE_RULES: GateRules = {
  version: 2,
  errorTotal: 0.005,
  learningDefaultsMin: 100,
  defaultsMin: 500,
  aucLiftMin: 0.002,
  unlabelledShareMax: 0.05,
  groupDefaultsMin: 50,
  groupOffsetMax: 0.03,
  groupSpreadMax: 1.25,
  groupMarginErrors: 2.33,
  groupCalibrationErrors: 2.58,
  closingLoss: 3,
  recentDefaults: 300,
  validMonths: 12,
  lookEveryMonths: 3,
};

/**
 * Evidence in nats that a claim needs. The first may err with half of the whole error, the second with a quarter, and so
 * on: whatever number of claims a lender goes through, the sum stays below the whole.
 */
export function boundaryOf(claim: number, rules: GateRules): number {
  return claim * Math.LN2 - Math.log(rules.errorTotal);
}
