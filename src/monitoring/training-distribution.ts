// What an artefact tells about the scores of its training rows. An artefact may say nothing: then the first decisions
// made by it are what later ones are held against.
import { z } from 'zod';

const scoreBinsSchema = z.object({
  training: z.object({
    scoreBins: z.object({ cuts: z.array(z.number()), rows: z.array(z.number().nonnegative()).min(1) }),
  }),
});

export interface ScoreBins {
  /** Rising, in log-odds before any shift to a lender's base rate. */
  readonly cuts: readonly number[];
  /** Training rows in each bin: one more than there are cuts. */
  readonly rows: readonly number[];
}

export function scoreBinsOfTraining(artefact: object): ScoreBins | null {
  const parsed = scoreBinsSchema.safeParse(artefact);
  if (!parsed.success) return null;
  const { cuts, rows } = parsed.data.training.scoreBins;
  return rows.length === cuts.length + 1 ? { cuts, rows } : null;
}
