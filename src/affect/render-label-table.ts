// The label table as a Markdown page: what docs/label-table.md must say.
import type { EmotionLabel } from './label-table.ts';

const INTRODUCTION = `# Emotion labels

<!-- Made from src/affect/label-table.ts; a test compares the two. To renew it: UPDATE_DOCS=1 and the test of label-table. -->

An emotion event may name a feeling instead of giving valence and arousal. ECS then reads the figures below. Letter case
and spaces around the word do not matter; a word that is not here is refused (\`unknown_label\`), never guessed.

The table was composed for ECS in steps of 0.05. No lexicon was copied: each row says what it rests on, and rows that
are our own reading say so.

- Russell, J. A. (1980). A circumplex model of affect. *Journal of Personality and Social Psychology* 39(6), 1161-1178.
- Russell, J. A. & Mehrabian, A. (1977). Evidence for a three-factor theory of emotions. *Journal of Research in
  Personality* 11(3), 273-294.
- Scherer, K. R. (2005). What are emotions? And how can they be measured? *Social Science Information* 44(4), 695-729.

| label | also | valence | arousal | rests on |
| --- | --- | ---: | ---: | --- |
`;

export function renderLabelTable(table: readonly EmotionLabel[]): string {
  const rows = table.map(
    (row) =>
      `| ${row.label} | ${row.aliases.join(', ')} | ${row.valence.toFixed(2)} | ${row.arousal.toFixed(2)} | ${row.source} |\n`,
  );
  return INTRODUCTION + rows.join('');
}
