// What the affect room knows about a customer at one instant, as the risk model may see it: decayed means and their
// weight of evidence, never a raw event. Made by affect, read by model, policy and decision.

export interface EmotionFeatures {
  /** Decayed mean valence in [-1, 1], half-life 30 days. */
  readonly valence30: number;
  /** Decayed mean stress in [0, 1], half-life 30 days; null when no event carried stress. */
  readonly stress30: number | null;
  /** Decayed standard deviation of valence in [0, 1], half-life 30 days; null when there is too little to tell. */
  readonly valenceVariability30: number | null;
  /** (sum of weights)^2 / sum of squared weights at half-life 30 days: how many fresh readings the means are worth. */
  readonly effectiveSamples30: number;
  /** Time since the newest event that counted, >= 0. */
  readonly lastEventAgeMs: number;
  /** The same at half-life 3 days, which care rules look at; null when there is nothing recent. */
  readonly valence3: number | null;
  readonly stress3: number | null;
  readonly effectiveSamples3: number;
}
