// What a training run may see of a CSV: which columns, in which direction, which rows are set aside, with which
// settings. The spec names no path, so that its hash means the same on every machine.
import { z } from 'zod';
import { FEATURE_NAMES } from '../ledger/index.ts';
import { EcsError } from '../lib/errors.ts';
import { monotoneSchema } from './scorecard.ts';

const column = z.string().min(1).max(100);

const settingsSchema = z.strictObject({
  /** Bins a feature is cut into before boosting. */
  binsMax: z.number().int().min(2).max(255),
  /** Fewest rows in a bin and on either side of a cut. */
  rowsPerBinMin: z.number().int().min(1),
  learningRate: z.number().positive().max(1),
  roundsMax: z.number().int().min(1).max(20_000),
  /** Added to the second derivative of every leaf: pulls leaves that rest on little towards 0. */
  l2: z.number().nonnegative(),
  /** Share of the features that each round may choose from. */
  featureShare: z.number().positive().max(1),
  /** Every repeat cuts the rows into `folds` parts and trains a bag without each of them. */
  folds: z.number().int().min(2).max(20),
  repeats: z.number().int().min(1).max(20),
  /** Neighbouring bins closer than this are merged in the artefact. */
  mergeBelowLogOdds: z.number().nonnegative(),
});
export type TrainingSettings = z.infer<typeof settingsSchema>;

const featureSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
  monotone: monotoneSchema,
  /** The direction holds from this value on; below it the data decide. */
  monotoneFrom: z.number().optional(),
  /** A missing value that training never met must not cost more than this value does. */
  missingAtMostLike: z.number().optional(),
  /** Only for kind `numeric`: the column to read; an empty cell is missing. */
  column: column.optional(),
});

export type FeatureSpec = z.infer<typeof featureSchema>;

export const trainingSpecSchema = z
  .strictObject({
    formatVersion: z.literal(1),
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
    /** `card_ledger`: six statements a row, features by the ledger's own function. `numeric`: columns as they are. */
    kind: z.enum(['card_ledger', 'numeric']),
    /** Joins the splits file; null: rows have no id and no splits file can be joined. */
    idColumn: column.nullable(),
    target: z.strictObject({ column, bad: z.string().min(1), good: z.string().min(1), meaning: z.string().min(1) }),
    referenceUnitMinor: z.number().int().positive(),
    referenceCurrency: z.string().regex(/^[A-Z]{3}$/),
    features: z.array(featureSchema).min(1).max(256),
    /** Columns that must never become inputs; naming one as a feature is refused. */
    neverInputs: z.array(column),
    /** Rows whose split column reads 1 are set aside: never trained on, measured at the end. */
    holdoutColumn: column.nullable(),
    seed: z.number().int().min(0).max(4294967295),
    settings: settingsSchema,
    source: z.string().min(1),
    attribution: z.string().min(1),
  })
  .superRefine((spec, context) => {
    const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    spec.features.forEach((feature, index) => {
      const path = ['features', index, 'column'];
      if (spec.kind === 'numeric' && feature.column === undefined) issue(path, 'a numeric feature names its column');
      if (spec.kind === 'card_ledger' && feature.column !== undefined) issue(path, 'the ledger names no columns');
      if (feature.column === undefined) return;
      if (spec.neverInputs.includes(feature.column)) issue(path, `${feature.column} must never be an input`);
      if (feature.column === spec.target.column) issue(path, 'the target cannot be an input');
      if (feature.column === spec.idColumn) issue(path, 'the id cannot be an input');
    });
    if (spec.kind === 'card_ledger' && !FEATURE_NAMES.every((name, index) => spec.features[index]?.name === name)) {
      issue(['features'], `a card ledger spec lists ${FEATURE_NAMES.length} features in the ledger's order`);
    }
    if (new Set(spec.features.map((feature) => feature.name)).size !== spec.features.length) {
      issue(['features'], 'a feature is named twice');
    }
    if (spec.target.bad === spec.target.good) issue(['target'], 'bad and good must differ');
  });
export type TrainingSpec = z.infer<typeof trainingSpecSchema>;

/** `source` only names the spec in the error. */
export function parseTrainingSpec(value: unknown, source: string): TrainingSpec {
  const parsed = trainingSpecSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || 'the document';
  throw new EcsError('ECS_FILE_INVALID', `${source}: ${field}: ${issue?.message ?? 'is not a training spec'}`, {
    facts: { source, field },
  });
}
