import { drawHistory } from '../../cli/simulate/truth/draw-history.ts';
import { SCENARIOS } from '../../cli/simulate/truth/scenario.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { EMOTION_BLOCK } from '../emotion-block.ts';
import { runGate } from './evidence-gate.ts';
import { endOfMonthMs, formatMonth, parseMonth } from './gate-outcomes.ts';
import { GATE_RULES } from './gate-rules.ts';
import { buildVerdict, hashEmotionBlock, hashVerdict, parseVerdict } from './gate-verdict.ts';
import { renderGatePicture } from './render-gate-picture.ts';
import { permitsEmotion, type VerdictTerms } from './verdict-terms.ts';

const history = drawHistory(SCENARIOS.moderate, 1);
const verdict = buildVerdict(runGate(history, GATE_RULES), history, EMOTION_BLOCK, GATE_RULES);

test('an open verdict carries the look that opened it, its rules, its block and its end', () => {
  expect(verdict).toMatchObject({ state: 'open', reasons: [], blockSha256: hashEmotionBlock(EMOTION_BLOCK) });
  expect(verdict.evidence?.month).toBe(verdict.openedMonth);
  expect(verdict.evidence?.auc?.lift).toBeGreaterThanOrEqual(GATE_RULES.aucLiftMin);
  expect(verdict.looks).toHaveLength(history.months.length);
  expect(verdict.rules).toEqual(GATE_RULES);
});

test('it is valid for a year from its opening, but never longer than three months after the last look', () => {
  const opened = parseMonth(verdict.openedMonth ?? '') ?? 0;
  const last = parseMonth(verdict.outcomes.lastMonth ?? '') ?? 0;
  expect(Date.parse(verdict.validUntil ?? '')).toBe(
    Math.min(endOfMonthMs(opened + GATE_RULES.validMonths), endOfMonthMs(last + GATE_RULES.lookEveryMonths)),
  );
});

test('stored and read again it is the same document; any change is another one', () => {
  const again = parseVerdict(JSON.parse(canonicalJson(verdict)), 'stored');
  expect(again).toEqual(verdict);
  expect(hashVerdict(again)).toBe(hashVerdict(verdict));
  expect(hashVerdict({ ...verdict, state: 'shut' })).not.toBe(hashVerdict(verdict));
});

test.each([
  ['a field too many', { ...verdict, more: 1 }, 'more'],
  ['no block', { ...verdict, blockSha256: 'x' }, 'blockSha256'],
  ['another kind', { ...verdict, kind: 'x' }, 'kind'],
])('%s is refused by name', (_, value, field) => {
  expect(() => parseVerdict(value, 'v.json')).toThrow(field);
});

describe('permitsEmotion', () => {
  const block = 'ab'.repeat(32);
  const until = Date.UTC(2027, 0, 1);
  const open: VerdictTerms = {
    verdictSha256: 'cd'.repeat(32),
    state: 'open',
    blockSha256: block,
    validUntil: new Date(until).toISOString(),
  };
  test.each<[string, VerdictTerms | null, string, number, boolean]>([
    ['open, this block, in time', open, block, until - 1, true],
    ['at its end', open, block, until, false],
    ['another block', open, 'ac'.repeat(32), until - 1, false],
    ['shut', { ...open, state: 'shut' }, block, until - 1, false],
    ['without an end', { ...open, validUntil: null }, block, until - 1, false],
    ['an end that is no instant', { ...open, validUntil: 'soon' }, block, 0, false],
    ['no verdict', null, block, 0, false],
  ])('%s: %#', (_, terms, blockSha256, nowMs, expected) => {
    expect(permitsEmotion(terms, blockSha256, nowMs)).toBe(expected);
  });
});

test('one changed weight is another block', () => {
  expect(hashEmotionBlock({ ...EMOTION_BLOCK, valenceWeight: 0.281 })).not.toBe(hashEmotionBlock(EMOTION_BLOCK));
});

test.each(['2026-01', '2026-12', '0999-06'])('%s is read and written the same', (text) => {
  expect(formatMonth(parseMonth(text) ?? 0)).toBe(text);
});
test.each(['2026-13', '2026-00', '26-01', '2026-1', '2026-01-01', ''])('%s is no month', (text) => {
  expect(parseMonth(text)).toBeNull();
});

test('the picture shows each claim, its boundary and the opening, with finite places only', () => {
  const picture = renderGatePicture(verdict);
  expect(picture.match(/<polyline/g)).toHaveLength(2);
  expect(picture.match(/stroke-dasharray/g)).toHaveLength(2);
  expect(picture).toContain('>opened<');
  expect(picture).not.toMatch(/NaN|Infinity|undefined/);
  const nothing = renderGatePicture({ ...verdict, looks: [] });
  expect(nothing).not.toMatch(/NaN|Infinity|undefined/);
});
