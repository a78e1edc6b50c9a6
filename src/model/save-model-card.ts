// Writes what people read of a model: its card, and beside it the pictures that the card shows.
import { dirname, join } from 'node:path';
import { renderModelCard } from './render-model-card.ts';
import { renderModelPictures } from './render-model-pictures.ts';
import { saveText } from './save-scorecard.ts';
import type { Scorecard } from './scorecard.ts';

/** Pictures go into `model/NAME/`, where the card looks for them. */
export async function saveModelCard(cardPath: string, scorecard: Scorecard): Promise<void> {
  await saveText(cardPath, renderModelCard(scorecard));
  for (const [file, svg] of Object.entries(renderModelPictures(scorecard))) {
    await saveText(join(dirname(cardPath), 'model', scorecard.name, `${file}.svg`), svg);
  }
}
