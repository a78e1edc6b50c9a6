// Decisions recorded once and committed: they must come out to the same bytes for as long as they are kept. A change
// that makes this test red changes the past: raise RECORD_FORMAT and keep the older code beside the new. Only before
// anything was released may they be recorded anew, with RECORD_DECISIONS=1.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { OPEN_VERDICT } from '../../test/support/decision-inputs.ts';
import { type RecordedDecisions, recordDecisions } from '../../test/support/record-decisions.ts';
import { compileScorecard, parseScorecard, type VerdictTerms } from '../model/index.ts';
import { parsePolicy } from '../policy/index.ts';
import { decide } from './decide.ts';
import { type EmotionalRecord, type PolicyRecord, sealRecord } from './decision-record.ts';

const pathOf = (name: string) => fileURLToPath(new URL(`../../test/fixtures/${name}.json`, import.meta.url));
/** Of format 1, from before there were verdicts. */
const OLDER = pathOf('recorded-decisions');
const NEWEST = pathOf('recorded-decisions-2');
if (process.env.RECORD_DECISIONS === '1')
  await writeFile(NEWEST, `${JSON.stringify(await recordDecisions(), null, 2)}\n`);
const recorded = mergeRecorded(await loadRecorded(OLDER), await loadRecorded(NEWEST));

async function loadRecorded(path: string): Promise<RecordedDecisions> {
  return JSON.parse(await readFile(path, 'utf8')) as RecordedDecisions;
}

function mergeRecorded(one: RecordedDecisions, other: RecordedDecisions): RecordedDecisions {
  return {
    models: { ...one.models, ...other.models },
    policies: { ...one.policies, ...other.policies },
    decisions: [...one.decisions, ...other.decisions],
  };
}

/** The recorded ones stood under an open verdict, or under none. */
function verdictOf(emotionVerdict: string | null): VerdictTerms | null {
  return emotionVerdict === null ? null : OPEN_VERDICT;
}

function textOf(texts: Readonly<Record<string, string>>, version: string): unknown {
  const text = texts[version];
  if (text === undefined) throw new Error(`version ${version} was not recorded`);
  return JSON.parse(text);
}

function replay(name: string): { record: string; emotions: string | null } {
  const stored = recorded.decisions.find((decision) => decision.name === name);
  if (stored === undefined) throw new Error(name);
  const { inputs, format } = JSON.parse(stored.record) as PolicyRecord;
  const emotional = stored.emotions === null ? null : (JSON.parse(stored.emotions) as EmotionalRecord).inputs;
  const compiled = compileScorecard(parseScorecard(textOf(recorded.models, inputs.modelVersion), 'fixture'));
  const input = {
    financial: inputs,
    emotional,
    model: { modelVersion: inputs.modelVersion, compiled },
    policy: parsePolicy(textOf(recorded.policies, inputs.policyVersion), 'fixture'),
    verdict: verdictOf(inputs.emotionVerdict ?? null),
  };
  const result = decide(input, format);
  return {
    record: sealRecord(result.record).text,
    emotions: result.emotionalRecord === null ? null : sealRecord(result.emotionalRecord).text,
  };
}

test('there is a recorded decision of every outcome, with and without emotion', () => {
  const outcomes = recorded.decisions.map(({ record }) => (JSON.parse(record) as PolicyRecord).result.settled.outcome);
  expect(new Set(outcomes)).toEqual(new Set(['increase', 'decrease', 'keep', 'approve', 'decline', 'review']));
  expect(recorded.decisions.some((decision) => decision.emotions !== null)).toBe(true);
});

test.each(recorded.decisions.map((decision) => decision.name))('%s replays to the same bytes', (name) => {
  const stored = recorded.decisions.find((decision) => decision.name === name);
  expect(replay(name)).toEqual({ record: stored?.record, emotions: stored?.emotions });
});
