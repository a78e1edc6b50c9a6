// A verdict in words: what state it is in when it is read, and what a person has to be careful about.
import { makeOpenVerdict } from '../../../../test/support/registered-verdict.ts';
import { CLAIM_BREAKS, type ModelGateResult } from '../../../model/index.ts';
import { describeVerdict } from './describe-verdict.ts';

const NOW_MS = Date.UTC(2026, 10, 27);
const VERDICT = makeOpenVerdict(NOW_MS);
const LAPSES_MS = Date.parse(VERDICT.validUntil ?? '');
const DAY = (VERDICT.validUntil ?? '').slice(0, 10);

const describeAt = (nowMs: number, change: Partial<ModelGateResult> = {}) =>
  describeVerdict({ verdict: VERDICT, verdictSha256: 'a'.repeat(64), claimBreak: null, ...change }, nowMs).split('\n');
const carefulLines = (lines: readonly string[]) => lines.filter((line) => line.startsWith('  careful'));

test.each<[string, number, string]>([
  ['while it is good', NOW_MS, `OPEN since the look after ${VERDICT.openedMonth}, valid until ${DAY}`],
  ['a moment before it lapses', LAPSES_MS - 1, `OPEN since the look after ${VERDICT.openedMonth}, valid until ${DAY}`],
  [
    'when it lapses',
    LAPSES_MS,
    `LAPSED on ${DAY}: it opened after ${VERDICT.openedMonth}, but its outcomes are too old to permit anything; ask with newer ones`,
  ],
])('%s', (_, nowMs, line) => {
  expect(describeAt(nowMs)[0]).toBe(line);
});

test('one that shuts says what that means, and each reason in words', () => {
  const verdict = { ...VERDICT, state: 'shut' as const, reasons: ['no_group_labels' as const] };
  const lines = describeAt(NOW_MS, { verdict });
  expect(lines[0]).toBe('SHUT: emotion adds exactly 0 to the probability of default');
  expect(lines[1]).toMatch(/^ {2}because {4}\w.* \(no_group_labels\)$/);
});

test('nothing to be careful about where outcomes go on', () => {
  expect(carefulLines(describeAt(NOW_MS))).toEqual([]);
});

test.each(Object.entries(CLAIM_BREAKS))('outcomes that do not go on: %s', (claimBreak, words) => {
  const verdict = { ...VERDICT, claimsBefore: 2 };
  expect(carefulLines(describeAt(NOW_MS, { verdict, claimBreak: claimBreak as keyof typeof CLAIM_BREAKS }))).toEqual([
    `  careful    these outcomes do not go on from those of the last verdict: ${words}`,
    '  careful    2 claims were spent on other outcomes before, so more evidence is needed',
  ]);
});

test('claims that were spent long before are told without a reason', () => {
  expect(carefulLines(describeAt(NOW_MS, { verdict: { ...VERDICT, claimsBefore: 1 } }))).toEqual([
    '  careful    1 claim was spent on other outcomes before, so more evidence is needed',
  ]);
});
