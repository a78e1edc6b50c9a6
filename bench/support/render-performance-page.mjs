// The page of figures from the stored results, in a fixed order: the same results give the same bytes, and a result
// without a figure that the page calculates with is refused. Pure.

import { guardFigures } from './guard-figures.mjs';
import { renderCapacity } from './render-capacity.mjs';
import { renderMemory } from './render-memory.mjs';
import { renderTargets } from './render-targets.mjs';
import { renderTime } from './render-time.mjs';

/** In the order in which they are read; a bench that is not named here follows by its name. */
const TITLES = {
  ingest: 'Ingest: bytes to durable state',
  stream: 'Ingest through a real Kafka broker',
  growth: 'What grows: customers, events, processes',
  'growth-rows': 'Why a row costs more with a million customers',
  decide: 'Decisions: from the queue and over HTTP',
  score: 'One score in process',
  gate: 'The evidence gate on simulated lenders',
  portfolio: 'A whole portfolio',
};

const INTRODUCTION = `# Performance

This page is rendered from \`bench/results/*.json\`; each of them was written by the command named in its part, run with
\`--record\`, and nobody edits what they wrote (\`npm run generated\` checks that). Words on runs of other machines and on single trials are those of
whoever made them.`;

const FRAME = `## How to read it

- **Ratios before numbers.** The benches run on a small virtual machine that others use as well: an absolute figure moves by
  a third from one hour to the next. Every bench therefore measures its baseline in the same run, in turns with ECS, and
  gives medians. What two runs agree on is the ratio.
- **The baselines.** *The seed's way* is what the first sketch of this system did: parse, validate with zod, then one INSERT and
  one UPDATE for each event, each awaited and each its own transaction. It knows no duplicates, no consent and no dead
  letters. *Raw COPY* is the fastest that PostgreSQL takes rows in at all: rows made ready beforehand, into a table with a
  key, as many commits as ECS makes. It is not a competitor but the physical limit beside it.
- **Nothing is switched off.** What is measured is the production function with the consent check, durable duplicate
  detection, both half-lives, day buckets and dead letters on, \`fsync\` and \`synchronous_commit\` as PostgreSQL ships them.
- **A clean start.** What the bench left behind while it made the events is collected before the clock of ingest starts, for every
  contender, and the bytes of a batch lie in a row, as a fetch brings them.
- **Counts are checked.** A bench in which one event was lost, or counted twice, ends with an error and records nothing.
- **Machines differ, ratios too.** The seed's way waits for two flushes of the disk for each event, ECS for its own processor. Where a
  flush takes 0.1 ms (an AMD EPYC, 2026-11-27, quiet, the run of the decisions below) feelings were 103 to 114 times as fast as the seed's way
  in four runs, transactions 55 to 64, with 170,000 to 192,000 and 96,000 to 111,000 a second, and 110 times through Kafka. Later that day, on
  a machine of the same name that had other work at idle priority beside it and took twice the processor time for everything (the run of
  ingest below), 143 and 70.5 with 60,000 and 37,000 a second, and 201 through Kafka (110 and 113 on 2026-11-28, on a quick disk). On a Xeon at 2.1 GHz 69 to 137 and 33 to 64 with
  72,000 and 42,000 a second, as its disk was quicker or slower; on an EPYC five days before 139, and 136 through Kafka. Against COPY
  binary feelings read 0.23 to 0.35 on the first from run to run, 0.26 on the second, 0.30 to 0.31 on the Xeon, 0.41 on the older EPYC; then, on
  one EPYC and evening, 0.25 and 0.27 with three partitions counted at once, and 0.28 to 0.33 with the five of today (six runs, one below 0.3).
  Decisions: 1.24 to 1.34 times the seed's requests on the first, 1.17 to 1.72 from round to round on the second, by processor time 1.44 and 1.66.
- **Log files are used again.** A database that was just made zeroes each new file of its log, 16 MB in 50 ms, while every commit
  waits, once a second and more under load. Ingest and decisions are measured after enough was written that old files are used
  again, as in any server that has run for a while; it was seen in the p99 of decisions, 70 ms before and 45 after, while the seed's went
  from 50 to 42. Node runs with the image's own flag (\`--max-semi-space-size=64\`), the seed's server as well.
`;

export function renderPerformancePage(results) {
  const known = Object.keys(TITLES);
  const place = ({ name }) => (known.includes(name) ? known.indexOf(name) : known.length);
  const ordered = [...results].sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
  const figures = Object.fromEntries(results.map((result) => [result.name, guardFigures(result)]));
  const parts = [
    FRAME,
    renderTargets(figures),
    renderTime(figures),
    ...ordered.map(renderResult),
    renderMemory(figures),
    renderCapacity(figures),
  ].map((part) => part.trim());
  return `${[INTRODUCTION, renderContents(parts), ...parts].join('\n\n')}\n`;
}

/** One line for each part, to the anchor that is made of its heading. */
function renderContents(parts) {
  const headings = parts.map((part) => part.slice(3, part.indexOf('\n')));
  return headings.map((heading) => `- [${heading}](#${toAnchor(heading)})`).join('\n');
}

function toAnchor(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}

function renderResult({ name, command, recordedAt, machine, markdown }) {
  return `## ${TITLES[name] ?? name}

\`${command}\`, ${recordedAt}, ${describeMachine(machine)}.

${markdown.trim()}`;
}

function describeMachine({ processor, cores, memoryGb, node, postgres }) {
  const parts = [`${processor}, ${cores} cores`, `${memoryGb} GB`, `Node ${node}`];
  return [...parts, ...(postgres === null ? [] : [`PostgreSQL ${postgres}`])].join(', ');
}
