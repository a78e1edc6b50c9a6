// `npm run bench:gate`: how often the evidence gate opens where the truth is known. A thousand simulated lenders for each
// scenario, two years of monthly looks each. Fails where a promise is broken. The last line is JSON: for each scenario the
// share of histories in which the gate opened.

import { drawHistory, HISTORY_MONTHS } from '../src/cli/simulate/truth/draw-history.ts';
import { SCENARIO_NAMES, SCENARIOS } from '../src/cli/simulate/truth/scenario.ts';
import { GATE_RULES, runGate } from '../src/model/index.ts';
import { recordBench } from './support/record-bench.mjs';

const HISTORIES = countOfHistories();
const FIRST_SEED = 1_000;
const FLIP = SCENARIOS.drift.flipsAtMonth;

const startedMs = Date.now();
const say = (line) => console.log(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${line}`);

function countOfHistories() {
  const place = process.argv.indexOf('--histories');
  const count = place < 0 ? 1_000 : Number(process.argv[place + 1]);
  if (Number.isInteger(count) && count > 0) return count;
  console.error('--histories takes a whole number from 1');
  process.exit(2);
}

/** Every second lender with a biased sensor has one that is off, the others one that is noisy. */
function scenarioOf(name, seed) {
  const scenario = SCENARIOS[name];
  return name === 'biased-sensor' && seed % 2 === 1 ? { ...scenario, sensorBias: 'noise' } : scenario;
}

function runScenario(name) {
  const told = { opened: 0, openedMonths: [], closed: 0, openAtFlip: 0, closedInTime: 0, openAtEnd: 0 };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed += 1) {
    const { looks, state } = runGate(drawHistory(scenarioOf(name, seed), seed), GATE_RULES, { detail: false });
    const opened = looks.findIndex((look) => look.change === 'opened');
    if (opened >= 0) {
      told.opened += 1;
      told.openedMonths.push(opened + 1);
    }
    if (looks.some((look) => look.change === 'closed')) told.closed += 1;
    if (state === 'open') told.openAtEnd += 1;
    if (looks[FLIP - 1].state !== 'open') continue;
    told.openAtFlip += 1;
    if (looks.slice(FLIP, FLIP + 3).some((look) => look.state === 'shut')) told.closedInTime += 1;
  }
  return told;
}

function shareOf(count, of) {
  return of === 0 ? 0 : Math.round((count / of) * 1e4) / 1e4;
}

const percent = (count) => `${(shareOf(count, HISTORIES) * 100).toFixed(1)} %`;

/** The month of the first opening in the middle one of those histories in which the gate opened. */
function typicalMonth({ openedMonths }) {
  const months = [...openedMonths].sort((one, other) => one - other);
  return months.length === 0 ? '-' : `${months[Math.floor(months.length / 2)]}`;
}

function describe(name, told) {
  return `${name.padEnd(18)} opened ${percent(told.opened)}, typically in month ${typicalMonth(told)}, closed again ${percent(told.closed)}, open at the end ${percent(told.openAtEnd)}`;
}

function renderGate(measured) {
  const lines = measured.map(
    ({ name, told }) =>
      `| ${name} | ${SCENARIOS[name].says} | ${percent(told.opened)} | ${typicalMonth(told)} | ${percent(told.closed)} | ${percent(told.openAtEnd)} |`,
  );
  return `Share of ${HISTORIES} simulated lenders at which the evidence gate opened within ${HISTORY_MONTHS} monthly looks. What it means stands in [emotion-evidence.md](emotion-evidence.md).

| scenario | what is true in it | opened | typically in month | closed again | open at the end |
| --- | --- | ---: | ---: | ---: | ---: |
${lines.join('\n')}`;
}

const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

const figures = {};
const rows = [];
say(`${HISTORIES} lenders a scenario, ${HISTORY_MONTHS} monthly looks each`);
for (const name of SCENARIO_NAMES) {
  const told = runScenario(name);
  figures[camel(name)] = shareOf(told.opened, HISTORIES);
  if (name === 'drift') figures.driftClosedWithin3Months = shareOf(told.closedInTime, told.openAtFlip);
  rows.push({ name, told });
  say(describe(name, told));
}

const promises = [
  ['null', figures.null <= 0.01],
  ['reverse', figures.reverse <= 0.01],
  ['biasedSensor', figures.biasedSensor <= 0.01],
  ['moderate', figures.moderate >= 0.95],
  ['drift opens', figures.drift >= 0.5],
  ['driftClosedWithin3Months', figures.driftClosedWithin3Months >= 0.99],
];
const broken = promises.filter(([, kept]) => !kept).map(([name]) => name);
if (broken.length > 0) {
  console.error(`broken: ${broken.join(', ')}`);
  process.exitCode = 1;
}
recordBench({
  name: 'gate',
  command: 'npm run bench:gate',
  figures: { ...figures, histories: HISTORIES },
  markdown: renderGate(rows),
});
console.log(JSON.stringify(figures));
