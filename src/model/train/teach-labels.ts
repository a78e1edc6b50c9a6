// Soft labels: deeper trees say of every row, without having seen it, how likely its outcome was, and the tables learn
// from that as much as from the outcome. One row's luck then moves a table less. A bag's labels come from teachers that
// saw none of its held-out rows either, so that those judge the bag as rows nobody has seen.
import { sigmoid } from '../base-rate.ts';
import { type BagRows, chooseRounds, type RunBags } from './bag-inputs.ts';
import type { BoostedBag, BoostInput } from './boost-bag.ts';
import type { Random } from './random.ts';
import { applyTree } from './trees.ts';

/** Per fold, what the bag without it learns from; undefined where the settings name no teacher: the outcomes. */
export async function teachLabels(
  rows: BagRows,
  folds: Uint8Array,
  random: Random,
  run: RunBags,
): Promise<readonly Float64Array[] | undefined> {
  const { target, settings } = rows;
  const { teacher } = settings;
  if (teacher === undefined) return undefined;
  const couples = coupleFolds(settings.folds);
  const logOdds = Array.from({ length: settings.folds }, () => new Float64Array(target.length));
  for (let repeat = 0; repeat < teacher.repeats; repeat += 1) {
    const inputs = couples.map(([one, other]) => teacherInput(rows, folds, one, other, random));
    const bags = await run(inputs);
    const rounds = chooseRounds(bags);
    couples.forEach(([one, other], place) => {
      const said = predictHeldOut(bags[place] as BoostedBag, inputs[place] as BoostInput, rounds);
      for (const { row, value } of said) {
        const into = logOdds[folds[row] === one ? other : one] as Float64Array;
        into[row] = (into[row] as number) + value / teacher.repeats;
      }
    });
  }
  return logOdds.map((own) =>
    own.map((value, row) => teacher.share * sigmoid(value) + (1 - teacher.share) * (target[row] as number)),
  );
}

/** Every two folds: a teacher without both serves the rows of each in the bag without the other. */
function coupleFolds(folds: number): [number, number][] {
  return Array.from({ length: folds }, (_, one) =>
    Array.from({ length: folds - one - 1 }, (_, more): [number, number] => [one, one + more + 1]),
  ).flat();
}

function teacherInput(rows: BagRows, folds: Uint8Array, one: number, other: number, random: Random): BoostInput {
  const { target, settings } = rows;
  const { depth, learningRate } = settings.teacher as NonNullable<typeof settings.teacher>;
  return {
    // A teacher promises no directions; those who learn from it do.
    features: rows.features.map((feature) => ({ ...feature, direction: 0 as const })),
    target,
    heldOut: folds.map((fold) => (fold === one || fold === other ? 1 : 0)),
    settings: { ...settings, learningRate },
    rounds: settings.roundsMax,
    depth,
    pairs: null,
    seed: random.below(4294967296),
  };
}

function predictHeldOut(
  { trees, startLogOdds }: BoostedBag,
  { features, heldOut }: BoostInput,
  rounds: number,
): { row: number; value: number }[] {
  const rows = Uint32Array.from(heldOut.keys()).filter((row) => heldOut[row] === 1);
  const bins = features.map((feature) => Uint8Array.from(rows, (row) => feature.bins[row] as number));
  const said = new Float64Array(rows.length).fill(startLogOdds);
  for (let round = 0; round < rounds; round += 1) applyTree(trees, round, bins, said);
  return Array.from(rows, (row, place) => ({ row, value: said[place] as number }));
}
