// Emotion words and where they lie on valence and arousal, for events that name a feeling instead of measuring it.
// Composed by us for ECS, in steps of 0.05; `source` says honestly what each row rests on. Printed in
// docs/label-table.md.

export interface EmotionLabel {
  readonly label: string;
  /** Other forms of the same word. */
  readonly aliases: readonly string[];
  /** Unpleasant -1 to pleasant 1. */
  readonly valence: number;
  /** Calm -1 to excited 1. */
  readonly arousal: number;
  readonly source: string;
}

const MEASURED = 'Pleasure and arousal in Russell & Mehrabian (1977), rounded to 0.05.';
const CIRCLE =
  "Our own figures for the word's place on the circle of Russell (1980), where it is one of the 28 words scaled.";
const between = (words: string) =>
  `Our own reading; not taken from a table. Placed beside ${words}, on the plane that Russell (1980) and Scherer (2005) describe.`;

const row = (label: string, aliases: readonly string[], valence: number, arousal: number, source: string) =>
  ({ label, aliases, valence, arousal, source }) satisfies EmotionLabel;

export const LABEL_TABLE: readonly EmotionLabel[] = [
  // pleasant, activated
  row('joy', ['joyful'], 0.8, 0.5, MEASURED),
  row('surprise', ['surprised'], 0.4, 0.65, MEASURED),
  row('excitement', ['excited'], 0.6, 0.75, CIRCLE),
  row('delight', ['delighted'], 0.85, 0.4, CIRCLE),
  row('happiness', ['happy'], 0.85, 0.25, CIRCLE),
  row('enthusiasm', ['enthusiastic'], 0.65, 0.6, between('excitement and joy')),
  row('pride', ['proud'], 0.65, 0.35, between('joy and happiness')),
  row('amusement', ['amused'], 0.6, 0.35, between('joy')),
  row('love', ['loving', 'affection'], 0.8, 0.3, between('delight and happiness')),
  row('interest', ['interested', 'curious'], 0.4, 0.3, between('surprise, nearer the middle')),
  row('hope', ['hopeful', 'optimism', 'optimistic'], 0.5, 0.2, between('interest and happiness')),
  // pleasant, calm
  row('satisfaction', ['satisfied'], 0.75, -0.15, CIRCLE),
  row('contentment', ['content'], 0.75, -0.35, CIRCLE),
  row('serenity', ['serene'], 0.7, -0.45, CIRCLE),
  row('relaxation', ['relaxed'], 0.65, -0.6, CIRCLE),
  row('calm', ['calmness'], 0.5, -0.65, CIRCLE),
  row('gratitude', ['grateful', 'thankful'], 0.65, 0.05, between('satisfaction and happiness')),
  row('relief', ['relieved'], 0.6, -0.3, between('contentment')),
  row('confidence', ['confident', 'trust'], 0.6, 0.1, between('satisfaction and pride')),
  // unpleasant, activated
  row('anger', ['angry'], -0.5, 0.6, MEASURED),
  row('fear', ['afraid', 'scared'], -0.65, 0.6, MEASURED),
  row('disgust', ['disgusted'], -0.6, 0.35, MEASURED),
  row('distress', ['distressed'], -0.65, 0.55, CIRCLE),
  row('frustration', ['frustrated'], -0.6, 0.4, CIRCLE),
  row('annoyance', ['annoyed'], -0.45, 0.45, CIRCLE),
  row('tension', ['tense'], -0.3, 0.7, CIRCLE),
  row('panic', ['panicked', 'terrified'], -0.75, 0.85, between('fear, further out')),
  row('anxiety', ['anxious', 'nervous'], -0.55, 0.6, between('fear and tension')),
  row('stress', ['stressed', 'overwhelmed'], -0.5, 0.65, between('tension and distress')),
  row('worry', ['worried', 'concern', 'concerned'], -0.45, 0.35, between('anxiety, nearer the middle')),
  row('contempt', ['contemptuous'], -0.5, 0.25, between('disgust')),
  row('envy', ['envious', 'jealous', 'jealousy'], -0.5, 0.3, between('annoyance and disgust')),
  row('shame', ['ashamed', 'embarrassed', 'embarrassment'], -0.55, 0.15, between('fear and sadness')),
  row('guilt', ['guilty', 'regret'], -0.55, 0.05, between('shame and sadness')),
  // unpleasant, calm
  row('sadness', ['sad'], -0.65, -0.25, MEASURED),
  row('gloom', ['gloomy', 'depressed'], -0.75, -0.4, CIRCLE),
  row('boredom', ['bored'], -0.4, -0.65, CIRCLE),
  row('tiredness', ['tired'], -0.1, -0.75, CIRCLE),
  row('disappointment', ['disappointed', 'lonely', 'loneliness'], -0.6, -0.2, between('sadness')),
  // the middle
  row('neutral', ['indifferent'], 0, 0, 'By definition: neither pleasant nor unpleasant, neither calm nor excited.'),
];

const ROW_OF_WORD: ReadonlyMap<string, EmotionLabel> = new Map(
  LABEL_TABLE.flatMap((entry) => [entry.label, ...entry.aliases].map((word) => [word, entry] as const)),
);

/** Letter case and white space around the word do not matter. */
export function findLabel(word: string): EmotionLabel | undefined {
  return ROW_OF_WORD.get(word) ?? ROW_OF_WORD.get(word.trim().toLowerCase());
}
