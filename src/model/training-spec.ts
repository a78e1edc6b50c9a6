// What a training run may see of a CSV: which columns, in which direction, which rows are set aside, with which
// settings. Almost everything has a default: a target alone is a spec. It names no path, so that its hash means the same
// on every machine.
import { z } from 'zod';
import { FEATURE_NAMES } from '../ledger/index.ts';
import { EcsError } from '../lib/errors.ts';
import { makeFeatureName } from './feature-name.ts';
import { modelNameSchema, monotoneSchema, PAIRS_MAX } from './scorecard.ts';

const column = z.string().min(1).max(200);
/** What a cell reads; whoever writes JSON may well write 1 or true without quotes. */
const word = z.preprocess(
  (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value),
  z.string(),
);
const SIGNS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [1, 'up'],
  ['+', 'up'],
  [-1, 'down'],
  ['-', 'down'],
  [0, 'free'],
]);
const direction = z.preprocess((value) => SIGNS.get(value) ?? value, monotoneSchema);
const specialValues = z.array(z.number()).max(32);

const teacherSchema = z.strictObject({
  depth: z.number().int().min(3).max(8).default(5),
  /** Of what is learned; the rest is the outcome itself. */
  share: z.number().min(0).max(1).default(0.7),
  /** As often all rows are taught, each time by bags cut otherwise. */
  repeats: z.number().int().min(1).max(20).default(1),
  learningRate: z.number().positive().max(1).default(0.06),
});

const settingsSchema = z.strictObject({
  /** Bins a number is cut into before boosting. Absent: 32 below 20,000 rows, else 64. */
  binsMax: z.number().int().min(2).max(200).optional(),
  /** Fewest rows in a bin; a category's level with fewer joins the others. */
  rowsPerBinMin: z.number().int().min(1).default(20),
  learningRate: z.number().positive().max(1).default(0.1),
  roundsMax: z.number().int().min(1).max(20_000).default(2_000),
  /** Added to the second derivative of every leaf: pulls leaves that rest on little towards 0. */
  l2: z.number().nonnegative().default(5),
  /** Least second derivative a leaf must rest on. */
  curvatureMin: z.number().nonnegative().default(3),
  /** Share of the rows that each round learns from. */
  rowShare: z.number().positive().max(1).default(1),
  /** Deeper trees that say of every row, without having seen it, what the tables then learn from. Absent: outcomes alone. */
  teacher: teacherSchema.optional(),
  /** Share of the features that each round may choose from. */
  featureShare: z.number().positive().max(1).default(0.4),
  /** Every repeat cuts the rows into `folds` parts and trains a bag without each of them. */
  folds: z.number().int().min(2).max(20).default(5),
  /** Absent: four below 5,000 rows, two below 20,000, else one. */
  repeats: z.number().int().min(1).max(20).optional(),
  /** At most so many pairs of features get a table; 0: mains only. */
  pairsMax: z.number().int().min(0).max(PAIRS_MAX).default(PAIRS_MAX),
  /** A feature that every pair must contain: the model is then one additive card per bin of it. */
  segmentBy: z.string().min(1).optional(),
  /** Rounds of the bags that look for pairs. */
  pairRounds: z.number().int().min(1).max(5_000).default(250),
  /** Neighbouring bins of a feature without pairs that are closer than this are merged in the artefact. */
  mergeBelowLogOdds: z.number().nonnegative().default(0.01),
});
export type TrainingSettings = z.infer<typeof settingsSchema>;

const featureSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
  monotone: direction.default('free'),
  /** The direction holds from this value on; below it the data decide. */
  monotoneFrom: z.number().optional(),
  /** A missing value that training never met must not cost more than this value does. */
  missingAtMostLike: z.number().optional(),
  /** Only for kind `columns`: the column to read. */
  column: column.optional(),
  /** Absent: a number where every cell that is known is one. */
  type: z.enum(['number', 'category']).optional(),
  /** Codes among the numbers (-9: no record): each is learned by itself, outside order and direction. */
  specialValues: specialValues.optional(),
});
export type FeatureSpec = z.infer<typeof featureSchema>;

/** One word, or several that mean the same. */
const outcomeWord = word.pipe(z.string().min(1));
const outcomeWords = z.union([outcomeWord, z.array(outcomeWord).min(1)]);

const targetSchema = z
  .strictObject({
    column,
    /** Absent: what the words say themselves, as 0 and 1, no and yes, good and bad do. */
    bad: outcomeWords.optional(),
    /** Absent: whatever is not bad. */
    good: outcomeWords.optional(),
    meaning: z.string().min(1).default('the bad outcome'),
  })
  .refine(({ bad, good = [] }) => bad === undefined || ![bad].flat().some((one) => [good].flat().includes(one)), {
    message: 'bad and good must differ',
  });

/** Rows whose column reads one of the values. */
const rowFilterSchema = z.strictObject({ column, oneOf: z.array(word).min(1) });

/** A column alone is a feature: its name follows from it. */
function completeFeatures(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const taken = new Set(value.map((one: { readonly name?: unknown } | null) => String(one?.name)));
  return value.map((one: unknown) => {
    const feature = typeof one === 'string' ? { column: one } : one;
    if (typeof feature !== 'object' || feature === null || 'name' in feature) return feature;
    if (!('column' in feature) || typeof feature.column !== 'string') return feature;
    const name = makeFeatureName(feature.column, taken);
    taken.add(name);
    return { name, ...feature };
  });
}

export const trainingSpecSchema = z
  .strictObject({
    formatVersion: z.literal(1).default(1),
    name: modelNameSchema.default('model'),
    /** `card_ledger`: six statements a row, features by the ledger's own function. `columns`: columns as they are. */
    kind: z.enum(['card_ledger', 'columns']).default('columns'),
    /** Joins the splits file; null: rows have no id and no splits file can be joined. */
    idColumn: column.nullable().default(null),
    target: z.preprocess((value) => (typeof value === 'string' ? { column: value } : value), targetSchema),
    referenceUnitMinor: z.number().int().positive().default(100),
    referenceCurrency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .default('XXX'),
    /** Absent: every column that is not named elsewhere in the spec. */
    features: z.preprocess(completeFeatures, z.array(featureSchema).min(1).max(256).optional()),
    /** By column: directions and codes of features that need not be listed for it. */
    monotone: z.record(column, direction).optional(),
    specialValues: z.record(column, specialValues).optional(),
    /** Columns that must never become inputs; naming one as a feature is refused. */
    neverInputs: z.array(column).default([]),
    /** Cells that mean "not known", in any column, besides those that always do; capitals do not matter. */
    missingCodes: z.array(word).default(['', 'na', 'nan', 'null', 'none', 'n/a', '?']),
    /** Only these rows are looked at, by training and evaluation alike. */
    rowFilter: rowFilterSchema.nullable().default(null),
    /** Rows that read 1 there, or one of `holdoutOneOf`, are set aside: never trained on, measured at the end. */
    holdoutColumn: column.nullable().default(null),
    holdoutOneOf: z.array(word).min(1).optional(),
    seed: z.number().int().min(0).max(4294967295).default(1),
    settings: settingsSchema.prefault({}),
    source: z.string().min(1).default('not stated'),
    attribution: z.string().min(1).default('not stated'),
  })
  .superRefine((spec, context) => {
    const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    spec.features?.forEach((feature, index) => {
      const path = ['features', index, 'column'];
      if (spec.kind === 'columns' && feature.column === undefined) issue(path, 'a feature names its column');
      if (spec.kind === 'card_ledger' && feature.column !== undefined) issue(path, 'the ledger names no columns');
      if (feature.type === 'category' && feature.monotone !== 'free') {
        issue(['features', index, 'monotone'], 'a category has no direction');
      }
      if (feature.column === undefined) return;
      if (spec.neverInputs.includes(feature.column)) issue(path, `${feature.column} must never be an input`);
      if (feature.column === spec.target.column) issue(path, 'the target cannot be an input');
      if (feature.column === spec.idColumn) issue(path, 'the id cannot be an input');
      if (feature.column === spec.holdoutColumn) issue(path, 'the column that sets rows aside cannot be an input');
    });
    const { segmentBy } = spec.settings;
    if (segmentBy !== undefined && !spec.features?.some(({ name }) => name === segmentBy)) {
      issue(['settings', 'segmentBy'], `there is no feature ${segmentBy}`);
    }
    if (spec.kind === 'card_ledger') {
      const names = spec.features?.map((feature) => feature.name) ?? [];
      if (names.length !== FEATURE_NAMES.length || !FEATURE_NAMES.every((name, index) => names[index] === name)) {
        issue(['features'], `a card ledger spec lists ${FEATURE_NAMES.length} features in the ledger's order`);
      }
    }
    if (spec.features !== undefined && new Set(spec.features.map(({ name }) => name)).size !== spec.features.length) {
      issue(['features'], 'a feature is named twice');
    }
  });
export type TrainingSpec = z.infer<typeof trainingSpecSchema>;

/** A spec whose features and target are known: as written, or read off the data. */
export type ResolvedSpec = TrainingSpec & {
  readonly features: readonly (FeatureSpec & { readonly type: 'number' | 'category' })[];
  readonly target: TrainingSpec['target'] & { readonly bad: string | readonly string[] };
};

/** `source` only names the spec in the error. */
export function parseTrainingSpec(value: unknown, source: string): TrainingSpec {
  const parsed = trainingSpecSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || 'the document';
  const known = issue?.code === 'unrecognized_keys' ? `; known are ${knownFields(issue.path).join(', ')}` : '';
  throw new EcsError('ECS_FILE_INVALID', `${source}: ${field}: ${issue?.message ?? 'is not a training spec'}${known}`, {
    facts: { source, field },
  });
}

function knownFields([first]: readonly PropertyKey[]): string[] {
  if (first === 'features') return Object.keys(featureSchema.shape);
  if (first === 'settings') return Object.keys(settingsSchema.shape);
  if (first === 'target') return ['column', 'bad', 'good', 'meaning'];
  if (first === 'rowFilter') return Object.keys(rowFilterSchema.shape);
  return Object.keys(trainingSpecSchema.shape);
}
