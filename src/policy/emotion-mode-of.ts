// What emotion may do in one decision. The jurisdiction's pack is asked first; only where it allows the score to move does
// the lender's own evidence count, and without an open verdict for the very block in use emotion protects and no more.
import { hashEmotionBlock, permitsEmotion, type VerdictTerms } from '../model/index.ts';
import type { EmotionMode, PolicyDocument } from './policy-document.ts';

export interface EmotionEvidence {
  /** The verdict in force; null where there is none. */
  readonly verdict: VerdictTerms | null;
  /** The block of the model that scores. */
  readonly emotionBlock: Parameters<typeof hashEmotionBlock>[0];
  readonly nowMs: number;
}

export function emotionModeOf(
  document: Pick<PolicyDocument, 'pack'>,
  { verdict, emotionBlock, nowMs }: EmotionEvidence,
): EmotionMode {
  const allowed = document.pack.emotionMode;
  if (allowed !== 'bounded') return allowed;
  return permitsEmotion(verdict, hashEmotionBlock(emotionBlock), nowMs) ? 'bounded' : 'protective';
}
