// Emotion words and where they lie on valence and arousal.

export interface EmotionLabel {
  readonly label: string;
  readonly aliases: readonly string[];
  /** Unpleasant -1 to pleasant 1. */
  readonly valence: number;
  /** Calm -1 to excited 1. */
  readonly arousal: number;
  readonly source: string;
}

export const LABEL_TABLE: readonly EmotionLabel[] = [];
