// The model card in Markdown, made from the artefact alone, so that its numbers cannot drift from the model's.
import type { FeatureTable, Metrics, Scorecard } from './scorecard.ts';
import { modelVersionOf } from './scorecard.ts';

export function renderModelCard(scorecard: Scorecard): string {
  return `${[
    `# Model card: ${scorecard.name}`,
    'Written by `ecs model train` from the artefact; do not edit by hand.',
    ...renderFacts(scorecard),
    ...renderUse(scorecard),
    ...renderMetrics(scorecard),
    ...renderEmotion(scorecard),
    ...renderTables(scorecard),
    '## Attribution',
    scorecard.attribution,
  ].join('\n\n')}\n`;
}

function renderFacts(scorecard: Scorecard): string[] {
  const { training } = scorecard;
  const settings = Object.entries(training.settings).map(([key, value]) => `${key} ${value}`);
  return [
    '## What it is',
    `An additive scorecard: an intercept and one table of log-odds per feature, ${scorecard.features.length} features, no interactions. It estimates the probability of ${scorecard.target}.`,
    list([
      `Version (SHA-256 of its canonical JSON): \`${modelVersionOf(scorecard)}\``,
      `Trained on: ${training.source}`,
      `Rows: ${training.rows}, defaults: ${training.defaults} (base rate ${percent(scorecard.baseRate)})`,
      `Data SHA-256: \`${training.dataSha256}\``,
      training.splitsSha256 === null ? 'No splits file' : `Splits SHA-256: \`${training.splitsSha256}\``,
      `Spec SHA-256 (canonical JSON): \`${training.specSha256}\``,
      `Seed ${training.seed}; ${settings.join(', ')}; ${training.rounds} rounds kept`,
      `Reference unit: ${scorecard.referenceUnitMinor} minor units of ${scorecard.referenceCurrency}; amounts are divided by it`,
    ]),
  ];
}

function renderUse(scorecard: Scorecard): string[] {
  const { scaling } = scorecard;
  return [
    '## How to use it, and how not to',
    list([
      `Score: ${scaling.score} at ${scaling.odds}:1, ${scaling.pointsToDoubleOdds} points double the odds, clamped to ${scaling.minimum}-${scaling.maximum}.`,
      'It is a prior. One lender, one country, one period: re-anchor it to your own default rate before you rely on a probability, and measure it on your own outcomes.',
      'No sex, education, marital status or age enters. The credit limit enters only as a denominator, so the model does not feed on the limit the engine set.',
      'There is no correction for applicants who were rejected: the data hold accepted customers only.',
      'A missing value has an entry of its own. Where training never met one it counts as the average customer, or at most as the first bad value of a feature that is given only once something bad was seen; it never counts as a good value.',
    ]),
  ];
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
      '| rows | n | defaults | AUC | Gini | KS | Brier | log-loss | ECE | slope | intercept |',
      '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
      ...rows,
    ].join('\n'),
    'ECE is the calibration error over ten bins of equal count; slope and intercept are those of a logistic regression of the outcome on the log-odds (1 and 0 are perfect).',
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
    `A separate term, bounded to ±${fixed(block.maximumLogOdds)} log-odds, not trained: weights ${block.valenceWeight} (valence), ${block.stressWeight} (stress), ${block.variabilityWeight} (variability), shrunk by n / (n + ${block.shrinkage}). It is exactly 0 below ${block.minimumSamples} effective samples, after ${block.staleAfterMs / 86_400_000} days without an event, and wherever policy or consent does not allow it. Directions and sources stand in \`src/model/emotion-block.ts\`. No lender's outcomes have confirmed it yet.`,
  ];
}

function renderTables(scorecard: Scorecard): string[] {
  return [
    '## The tables',
    `Intercept ${scorecard.interceptLogOdds}. Positive numbers raise the risk. The second number is how many training rows stand behind it.`,
    ...scorecard.features.map(renderTable),
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
