// The page of figures from the stored results, in a fixed order: the same results give the same bytes. Pure.

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
\`--record\`. Nobody edits it by hand (\`npm run generated\` checks that).`;

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
- **Counts are checked.** A bench in which one event was lost, or counted twice, ends with an error and records nothing.
- **Machines differ, ratios too.** The seed's way waits for two flushes of the disk for each event, ECS for its own processor. With
  a quick disk and a slow processor (an Intel Xeon at 2.1 GHz, 2026-11-27, first run of the day) feelings were 74 times as fast as
  the seed's way and 0.31 of COPY binary, transactions 33 times; two hours later, when that disk had become slower, 137, 0.30 and
  64 times (the run recorded below, and the kindest of three); half an hour on, 69, 0.30 and 34; on an AMD EPYC five days before 139 and 0.41, and 136 instead of 75 through Kafka. A score with its four reasons took
  484 ns on the EPYC and 2,116 ns on the Xeon (895 where the same fifty holders come again and again): why that much was not taken
  apart; tables of half the bytes brought nothing.
`;

export function renderPerformancePage(results) {
  const known = Object.keys(TITLES);
  const place = ({ name }) => (known.includes(name) ? known.indexOf(name) : known.length);
  const ordered = [...results].sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
  const figures = Object.fromEntries(results.map((result) => [result.name, result.figures]));
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
