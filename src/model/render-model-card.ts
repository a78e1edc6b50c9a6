// The model card in Markdown, made from the artefact alone, so that its numbers cannot drift from the model's.
import { describeRecalibration } from './describe-recalibration.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import type { FeatureTable, Metrics, Scorecard } from './scorecard.ts';
import { modelVersionOf } from './scorecard.ts';

export function renderModelCard(scorecard: Scorecard): string {
  return `${[
    `# Model card: ${scorecard.name}`,
    `Written by \`ecs model ${scorecard.recalibration === undefined ? 'train' : 'anchor'}\` from the artefact; do not edit by hand.`,
    ...renderFacts(scorecard),
    ...renderUse(scorecard),
    ...renderMetrics(scorecard),
    ...renderPictures(scorecard),
    ...renderEmotion(scorecard),
    ...renderPairs(scorecard),
    ...renderTables(scorecard),
    '## Attribution',
    escapeMarkdown(scorecard.attribution),
  ].join('\n\n')}\n`;
}

function renderFacts(scorecard: Scorecard): string[] {
  const { training } = scorecard;
  const settings = Object.entries(training.settings).map(([key, value]) => `${key} ${value}`);
  return [
    '## What it is',
    `${describeKind(scorecard)} It estimates the probability of ${escapeMarkdown(scorecard.target)}.`,
    list([
      `Version (SHA-256 of its canonical JSON): \`${modelVersionOf(scorecard)}\``,
      `Trained on: ${escapeMarkdown(training.source)}`,
      `Rows: ${training.rows}, defaults: ${training.defaults} (base rate ${percent(scorecard.baseRate)})`,
      `Data SHA-256: \`${training.dataSha256}\``,
      training.splitsSha256 === null ? 'No splits file' : `Splits SHA-256: \`${training.splitsSha256}\``,
      `Spec SHA-256 (canonical JSON): \`${training.specSha256}\``,
      ...(scorecard.recalibration === undefined
        ? []
        : [
            `Re-anchored on a lender's own outcomes: ${describeRecalibration(scorecard.recalibration)}`,
            `Outcomes SHA-256: \`${scorecard.recalibration.outcomesSha256}\``,
          ]),
      `Seed ${training.seed}; ${settings.join(', ')}; ${training.rounds} rounds kept`,
      `Reference unit: ${scorecard.referenceUnitMinor} minor units of ${scorecard.referenceCurrency}; amounts are divided by it`,
    ]),
  ];
}

function describeKind({ features, pairs = [], training }: Scorecard): string {
  const mains = `an intercept and one table of log-odds per feature, ${features.length} features`;
  if (pairs.length === 0) return `An additive scorecard: ${mains}, no pairs.`;
  const { segmentBy } = training.settings;
  if (segmentBy === undefined) {
    return `A scorecard of mains and pairs: ${mains}, and ${pairs.length} tables for two features together. Mains and pairs were fitted jointly and purified: a pair says only what its two features do not say alone.`;
  }
  return `A scorecard with one additive card per bin of \`${segmentBy}\`: ${mains}, and ${pairs.length} tables that correct a feature where \`${segmentBy}\` stands elsewhere.`;
}

function renderUse(scorecard: Scorecard): string[] {
  const { scaling } = scorecard;
  return [
    '## How to use it, and how not to',
    list([
      `Score: ${scaling.score} at ${scaling.odds}:1, ${scaling.pointsToDoubleOdds} points double the odds, clamped to ${scaling.minimum}-${scaling.maximum}.`,
      describeAnchor(scorecard),
      describeInputs(scorecard),
      'There is no correction for applicants who were rejected: the data hold accepted customers only.',
      'A missing value has an entry of its own. Where training never met one it counts as the average customer, or at most as the first bad value of a feature that is given only once something bad was seen; it never counts as a good value.',
    ]),
  ];
}

function describeAnchor({ recalibration }: Scorecard): string {
  if (recalibration === undefined) {
    return 'It is a prior. One lender, one country, one period: re-anchor it to your own default rate before you rely on a probability, and measure it on your own outcomes.';
  }
  return 'Its order of customers is that of the training data; its probabilities are those of the lender whose outcomes re-anchored it, so a `lenderBaseRate` in a policy moves nothing. All log-odds in tables and pictures, and all figures, are those before the re-anchoring: take them times the slope, and add the intercept to the sum.';
}

function describeInputs({ kind, features }: Scorecard): string {
  if (kind === 'card_ledger') {
    return 'No sex, education, marital status or age enters. The credit limit enters only as a denominator, so the model does not feed on the limit the engine set.';
  }
  return `Only these columns enter: ${features.map((table) => escapeMarkdown(table.column ?? table.name)).join(', ')}. Whether one of them stands for a protected group is for \`ecs model fairness\` to say.`;
}

function renderMetrics(scorecard: Scorecard): string[] {
  const { outOfBag, holdout } = scorecard.training;
  const rows = [
    metricsRow('training rows, each scored by the bags that did not see it', outOfBag),
    ...(holdout === null ? [] : [metricsRow('hold-out, never seen', holdout)]),
  ];
  return [
    '## How good it is',
    [
      '| rows | n | defaults | AUC | Gini | KS | Brier | log-loss | H | ECE | slope | intercept |',
      '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
      ...rows,
    ].join('\n'),
    'ECE is the calibration error over ten bins of equal count; slope and intercept are those of a logistic regression of the outcome on the log-odds (1 and 0 are perfect).',
  ];
}

function renderPictures({ name, pairs = [] }: Scorecard): string[] {
  const picture = (what: string, file: string) => `![${what}](model/${encodeURIComponent(name)}/${file}.svg)`;
  return [
    '## Pictures',
    picture('Calibration: predicted and observed default rate in tenths of the rows', 'calibration'),
    picture('Lift: share of all defaults found among the riskiest', 'lift'),
    picture('Every main table', 'mains'),
    ...(pairs.length === 0 ? [] : [picture('Every table of two features, the strongest first', 'pairs')]),
  ];
}

function metricsRow(label: string, metrics: Metrics): string {
  const gini = 2 * metrics.auc - 1;
  const cells = [
    label,
    metrics.rows,
    metrics.defaults,
    fixed(metrics.auc),
    fixed(gini),
    fixed(metrics.ks),
    fixed(metrics.brier),
    fixed(metrics.logLoss),
    fixed(metrics.hMeasure ?? Number.NaN),
    fixed(metrics.calibrationError),
    fixed(metrics.calibrationSlope),
    fixed(metrics.calibrationIntercept),
  ];
  return `| ${cells.join(' | ')} |`;
}

function renderEmotion(scorecard: Scorecard): string[] {
  const block = scorecard.emotionBlock;
  return [
    '## Emotion',
    `A separate term, bounded to ±${fixed(block.maximumLogOdds)} log-odds, not trained: weights ${block.valenceWeight} (valence), ${block.stressWeight} (stress), ${block.variabilityWeight} (variability), shrunk by n / (n + ${block.shrinkage}). It is exactly 0 below ${block.minimumSamples} effective samples, after ${block.staleAfterMs / 86_400_000} days without an event, and wherever policy or consent does not allow it. Directions and sources stand in \`src/model/emotion-block.ts\`. No lender's outcomes have confirmed it yet, so it adds 0 until the evidence gate opens on a lender's own.`,
    list([
      '**Known**: in video interviews for loans, happiness went with less delinquency and fear with more; psychometric tests tell something beyond a scorecard, but a test is not a mood; debt and mental disorder go together, and which causes which is unclear; lenders who are in a good mood lend worse.',
      '**Not known**: whether reported feelings tell anything that the ledger does not, since people feel bad *because* they are late; whether it lasts once customers know that it counts; whether it means the same in every group. Nobody has published feelings joined to card defaults, and this model was trained on none.',
      'Sources, and how sure we are of each: `docs/emotion-evidence.md`.',
    ]),
  ];
}

function renderTables(scorecard: Scorecard): string[] {
  return [
    '## The tables',
    `Intercept ${scorecard.interceptLogOdds}. Positive numbers raise the risk. The second number is how many training rows stand behind it. A table with pairs need not keep its direction by itself: the sum of all tables does, for every value of every other feature.`,
    ...scorecard.features.map(renderTable),
  ];
}

/** Pairs by how much their log-odds differ, the strongest first; their cells stand in the artefact. */
function renderPairs({ pairs = [] }: Scorecard): string[] {
  if (pairs.length === 0) return [];
  const ranked = pairs
    .map(({ features, logOdds }) => ({ features, low: Math.min(...logOdds.flat()), high: Math.max(...logOdds.flat()) }))
    .sort((one, other) => other.high - other.low - (one.high - one.low));
  const lines = ranked.map(
    ({ features: [one, other], low, high }) => `| ${one} | ${other} | ${low.toFixed(4)} | ${high.toFixed(4)} |`,
  );
  return [
    '## The pairs',
    'Their cells stand in the artefact; here is the least and the most that each adds to the log-odds. A reason shares it equally between the two.',
    ['| one | other | least | most |', '| --- | --- | --- | --- |', ...lines].join('\n'),
  ];
}

function renderTable(table: FeatureTable): string {
  const lines = table.logOdds.map((logOdds, bin) => `| ${binLabel(table, bin)} | ${logOdds} | ${table.rows[bin]} |`);
  const from = table.monotoneFrom === null ? '' : ` from ${table.monotoneFrom} on`;
  return [
    `### ${table.name} (${table.monotone}${from})`,
    '',
    '| value | log-odds | rows |',
    '| --- | --- | --- |',
    ...lines,
    `| missing | ${table.missingLogOdds} | ${table.missingRows} |`,
  ].join('\n');
}

function binLabel(table: FeatureTable, bin: number): string {
  const levels = table.levels?.[bin];
  if (levels !== undefined) return levels.length === 0 ? 'every other' : escapeMarkdown(levels.join(', '));
  const from = table.cuts[bin - 1];
  const to = table.cuts[bin];
  if (from === undefined) return to === undefined ? 'any' : `below ${to}`;
  return to === undefined ? `${from} and above` : `${from} to below ${to}`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function fixed(value: number): string {
  return value.toFixed(4);
}

function percent(value: number): string {
  return `${(value * 100).toFixed(2)} %`;
}
