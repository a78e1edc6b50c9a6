// The figures of docs/fairness.md and docs/fairness-report.md, measured anew on the public data with the shipped model. What
// the features give away rests on data and features alone and takes long: sex is measured, the others are compared.
import { readFile } from 'node:fs/promises';
import { sharedDataPath } from '../../../test/support/shared-data.ts';
import type { Interval } from '../../lib/statistics/interval.ts';
import { type LoadedScorecard, loadScorecard, shippedScorecardPath } from '../load-scorecard.ts';
import { scoreLogOdds } from '../score.ts';
import {
  type LoadedTrainingData,
  loadTrainingData,
  loadTrainingSpec,
  shippedSpecPath,
} from '../train/load-training-data.ts';
import { selectRows, type TrainingTable } from '../train/training-table.ts';
import { type FairnessReport, reportFairness } from './fairness-report.ts';
import { groupOf, parseGroupColumns } from './group-column.ts';
import { binRows, measureProxy } from './proxy-model.ts';
import { renderFairness } from './render-fairness.ts';

const GROUPS = parseGroupColumns('SEX,AGE:30,40,50,EDUCATION,MARRIAGE');
const readPage = (name: string) => readFile(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8');

let model: LoadedScorecard;
let data: LoadedTrainingData;
let page = '';
let reportPage = '';

beforeAll(async () => {
  model = await loadScorecard(shippedScorecardPath());
  const spec = await loadTrainingSpec(shippedSpecPath());
  data = await loadTrainingData(
    sharedDataPath('taiwan-credit-card-default.csv'),
    sharedDataPath('taiwan-splits.csv'),
    spec,
  );
  page = await readPage('fairness');
  reportPage = await readPage('fairness-report');
}, 120_000);

/** Without what the features give away. */
function audit(rows: TrainingTable): FairnessReport {
  return reportFairness({
    logOdds: rows.features.map((features) => scoreLogOdds(model.compiled, features)),
    defaulted: Array.from(rows.target, (bad) => bad === 1),
    cutoffs: [0.5, 0.7, 0.9],
    columns: GROUPS.map((group) => ({
      column: group.column,
      groups: rows.columns.map((record) => groupOf(record[group.column] ?? '', group)),
    })),
    proxy: { features: [], columns: [] },
  });
}

const show = ({ estimate, low, high }: Interval, decimals: number) =>
  `${estimate.toFixed(decimals)} [${low.toFixed(decimals)}, ${high.toFixed(decimals)}]`;

test('fairness-report.md is the audit of the rows set aside, line by line', () => {
  const { modelVersion } = model;
  const { name } = model.artefact;
  const report = audit(selectRows(data.table, data.spec, 'test20'));
  const without = (text: string) =>
    text
      .split('\n\n')
      .filter((block) => !block.startsWith('| group | rows | AUC of the features'))
      .flatMap((block) => block.trim().split('\n'))
      .filter((line) => !line.includes(': the features '));
  const heading = { name, modelVersion, rowsChosen: 'test20', seenInTraining: false, proxyRows: 30_000 };
  const text = `# Fairness audit\n\n${renderFairness({ ...report, ...heading })}`;
  expect(without(reportPage)).toEqual(without(text));
});

test('fairness.md names the version, and its tables are those of all rows', () => {
  const { columns } = audit(data.table);
  const columnOf = (name: string) => columns.find((one) => one.column === name);
  expect(page).toContain(`(\`flagship\`, version \`${model.modelVersion.slice(0, 12)}\`)`);
  const ratios: [string, string, string][] = [
    ['men over women', 'SEX', '1'],
    ['lowest age band (50 and over) over 30 to 40', 'AGE', '50 and over'],
    ['high school over graduate school', 'EDUCATION', '3'],
  ];
  for (const [words, column, group] of ratios) {
    const lines = columnOf(column)?.approvals.filter((line) => line.group === group && line.ratio !== null) ?? [];
    const cells = lines.map(({ ratio }) => show(ratio as Interval, 2));
    expect(cells).toHaveLength(3);
    expect(page).toContain(`| ${words} | ${cells.join(' | ')} |`);
  }
  const rates: [string, string, string][] = [
    ['men', 'SEX', '1'],
    ['women', 'SEX', '2'],
    ...['under 30', '30 to 40', '40 to 50', '50 and over'].map((age): [string, string, string] => [age, 'AGE', age]),
  ];
  for (const [words, column, group] of rates) {
    const line = columnOf(column)?.calibrations.find((one) => one.group === group);
    expect(page).toContain(
      `| ${words} | ${line?.expectedRate.toFixed(3)} | ${show(line?.observedRate as Interval, 3)} |`,
    );
  }
  const [men, women] = columnOf('SEX')?.calibrations.map((line) => line.pValueOfAll.toFixed(3)) ?? [];
  expect(page).toContain(`(p ${men} and ${women} on all rows; no finding on the unseen ones)`);
});

test('what fairness.md says of the unseen rows stands in the report, and what the features give away too', () => {
  for (const [said, stands] of [
    ['(0.84 [0.76, 0.92])', 'the lowest ratio is 0.84 [0.76, 0.92] (50 and over'],
    ['0.74 [0.69, 0.81] on the unseen ones, where it is 0.88 at 70 %', '**0.74 [0.69, 0.81]**'],
    ['0.88 at 70 %', 'EDUCATION, 70 % approved: the lowest ratio is 0.88'],
    ['(0.241 against 0.222)', 'MARRIAGE: in group 1 more defaulted than expected (0.241 against 0.222)'],
    ['(0.205 against 0.222;', 'MARRIAGE: in group 2 fewer defaulted than expected (0.205 against 0.222)'],
    ['| 0.594 [0.587, 0.600] |', '(AUC 0.594 [0.587, 0.600] for 1)'],
    ['| 0.646 [0.639, 0.652] (under 30) |', '(AUC 0.646 [0.639, 0.652] for under 30)'],
    ['| 0.683 [0.677, 0.690] (graduate school) |', '(AUC 0.683 [0.677, 0.690] for 1)'],
  ] as const) {
    expect(page.replaceAll('\n', ' ')).toContain(said);
    expect(reportPage).toContain(stands);
  }
});

test('how far the features give away sex', () => {
  const men = Uint8Array.from(data.table.columns, (record) => (record.SEX === '1' ? 1 : 0));
  const area = measureProxy(binRows(data.table.features), men);
  expect(reportPage).toContain(`| 1 | 11888 | ${show(area, 3)} |`);
  expect(men.reduce((sum, value) => sum + value, 0)).toBe(11_888);
}, 120_000);
