// Sentiment of an English text by VADER's word list and rules (Hutto & Gilbert 2014). The text is looked at and let go:
// never stored, never logged, and it never reaches an error message.
import vader from 'vader-sentiment';

/** Sentiment in [-1, 1]; null where the text gives no hint, for example in another language. */
export type ScoreThoughtText = (text: string) => number | null;

/** No word of the list is longer; the scorer's check for capitals takes cubic time in the length of a word. */
const WORD_LENGTH_MAX = 40;
const LONG_WORD = new RegExp(`\\S{${WORD_LENGTH_MAX + 1},}`, 'g');

export const scoreThoughtText: ScoreThoughtText = (text) => {
  const scores = vader.SentimentIntensityAnalyzer.polarity_scores(text.replace(LONG_WORD, ' '));
  const hint = scores.pos > 0 || scores.neg > 0;
  return hint && Number.isFinite(scores.compound) ? scores.compound : null;
};
