// What was aimed at beside what was measured, the missed ones too. Pure: reads the stored figures, says nothing of its own.

const plain = (value) => String(value);
const atLeast = (target, show = plain) => ({ words: `at least ${show(target)}`, isMet: (value) => value >= target });
const atMost = (target, show = plain) => ({ words: `at most ${show(target)}`, isMet: (value) => value <= target });
const below = (target, show = plain) => ({ words: `below ${show(target)}`, isMet: (value) => value < target });

const times = (value) => `${value} times`;
const ms = (value) => `${value} ms`;
const ns = (value) => `${value} ns`;
const percent = (value) => `${Number((value * 100).toFixed(1))} %`;

/** `pick` finds the figure among those of all benches; `far` is where a target has a farther one. */
const TARGETS = [
  aim(
    'Feelings: bytes to commit, against the seed’s way',
    (f) => f.ingest?.ratioSeed,
    atLeast(120),
    times,
    atLeast(200),
  ),
  aim('Feelings, against COPY binary', (f) => f.ingest?.ratioCopyBinary, atLeast(0.3), times, atLeast(0.5)),
  aim('Transactions, against the seed’s way', (f) => f.ingest?.keyedRatioSeed, atLeast(80), times, atLeast(150)),
  aim('Feelings through Kafka, against the seed’s way', (f) => f.stream?.ratioSeed, atLeast(100), times, atLeast(170)),
  aim('Decisions over HTTP, against the seed’s way', (f) => f.decide?.ratioSeed, atLeast(1.5), times, atLeast(5)),
  aim('Their p99, of the seed’s', shareOfSeedP99, atMost(1), times),
  aim('Their p99 (the farther aim)', (f) => f.decide?.p99Ms, below(10, ms), ms),
  aim('Dearest row against the cheapest, 10,000 to a million customers', rowSpread, atMost(1.3), times),
  aim('A score with its four reasons', (f) => f.score?.nsWithReasons, below(300, ns), ns),
  aim('The gate opens where feelings tell nothing', (f) => f.gate?.null, atMost(0.01, percent), percent),
  aim('The gate opens where cause and effect are reversed', (f) => f.gate?.reverse, atMost(0.01, percent), percent),
  aim('The gate opens on a biased sensor', (f) => f.gate?.biasedSensor, atMost(0.01, percent), percent),
  aim('The gate opens on a moderate effect', (f) => f.gate?.moderate, atLeast(0.95, percent), percent),
  aim(
    'The gate shuts within three months of a drift',
    (f) => f.gate?.driftClosedWithin3Months,
    atLeast(0.99, percent),
    percent,
  ),
];

function aim(what, pick, target, show, far = null) {
  return { what, pick, target, show, far };
}

function shareOfSeedP99({ decide }) {
  return decide === undefined ? undefined : Number((decide.p99Ms / decide.seedP99Ms).toFixed(2));
}

/** Uniform readings only: with skewed ones the size of a batch decides. */
function rowSpread({ growth }) {
  if (growth === undefined) return undefined;
  const rows = [1e4, 1e5, 1e6].map((customers) => growth[`uniform${customers}MicrosPerRow`]);
  return Number((Math.max(...rows) / Math.min(...rows)).toFixed(2));
}

export function renderTargets(figures) {
  const rows = TARGETS.map(({ what, pick, target, show, far }) => {
    const value = pick(figures);
    if (value === undefined) return `| ${what} | ${target.words} | not recorded | |`;
    return `| ${what} | ${describeAims(target, far)} | ${show(value)} | ${judge(value, target, far)} |`;
  });
  return `## Targets and figures

Aims that were set before the work began, and what stands today, missed ones included.

| what | aim | measured | |
| --- | --- | ---: | --- |
${rows.join('\n')}`;
}

function describeAims(target, far) {
  return far === null ? target.words : `${target.words}; far: ${far.words}`;
}

function judge(value, target, far) {
  if (!target.isMet(value)) return '**missed**';
  return far?.isMet(value) ? 'reached, the far one too' : 'reached';
}
