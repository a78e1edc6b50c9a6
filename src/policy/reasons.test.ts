import { FEATURE_NAMES } from '../ledger/index.ts';
import { findReason, isReasonKind, orderReasons, REASONS, type Reason, scoreReasons } from './reasons.ts';

const reason = (code: Reason['code']): Reason => ({ code, details: {} });

describe('REASONS', () => {
  test('every code is there once, in lower-case words', () => {
    const codes = REASONS.map((row) => row.code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  test('every model feature has a reason of its own, and every score reason a feature', () => {
    const scored = REASONS.filter((row) => row.kind === 'score').map((row) => row.code);
    expect([...scored].sort()).toEqual(FEATURE_NAMES.map((name) => `score_${name}`).sort());
  });

  test('texts are plain: short sentences, short words, no jargon', () => {
    for (const { code, text } of REASONS) {
      const sentences = text.split(/[.:]\s|[.]$/).filter((sentence) => sentence !== '');
      for (const sentence of sentences) {
        const words = sentence.split(/\s+/);
        expect([code, words.length <= 22]).toEqual([code, true]);
        const letters = words.join('').length / words.length;
        expect([code, letters <= 6.5]).toEqual([code, true]);
      }
      expect(text).not.toMatch(/probability|default|utili[sz]|ratio|PD\b|algorithm/i);
      expect(text.endsWith('.')).toBe(true);
    }
  });

  test('only reasons of the kind emotion speak of feelings', () => {
    for (const row of REASONS) {
      const speaks = /feel|mood|hard time/i.test(row.text);
      expect([row.code, speaks]).toEqual([row.code, isReasonKind(row.code, 'emotion')]);
    }
  });

  test('an unknown code has no row', () => {
    expect(findReason('nothing')).toBeUndefined();
  });
});

describe('orderReasons', () => {
  test('precedence, each code once', () => {
    const given = ['limit_kept', 'risk_band', 'late_payment', 'limit_kept', 'care_pause'] as const;
    expect(orderReasons(given.map(reason)).map(({ code }) => code)).toEqual([
      'care_pause',
      'late_payment',
      'risk_band',
      'limit_kept',
    ]);
  });

  test('score reasons keep their own order, after the risk and before the steps', () => {
    const given = ['small_change', 'score_utilisation_max', 'score_status_latest', 'risk_above_cutoff'] as const;
    expect(orderReasons(given.map(reason)).map(({ code }) => code)).toEqual([
      'risk_above_cutoff',
      'score_utilisation_max',
      'score_status_latest',
      'small_change',
    ]);
  });
});

describe('scoreReasons', () => {
  const lost = (feature: string, pointsLost: number) => ({ feature, pointsLost, logOddsLost: pointsLost / 28.85 });

  test('the heaviest of each family first, then the others; nothing under a point', () => {
    const reasons = scoreReasons([
      lost('utilisation_max', 9),
      lost('utilisation_mean', 8),
      lost('status_latest', 7),
      lost('late_statements', 2.34),
      lost('spend_rate_mean', 0.9),
    ]);
    expect(reasons).toEqual([
      { code: 'score_utilisation_max', details: { pointsLost: 9 } },
      { code: 'score_status_latest', details: { pointsLost: 7 } },
      { code: 'score_late_statements', details: { pointsLost: 2.3 } },
      { code: 'score_utilisation_mean', details: { pointsLost: 8 } },
    ]);
  });

  test('a feature nobody wrote a reason for is a bug', () => {
    expect(() => scoreReasons([lost('shoe_size', 3)])).toThrow('shoe_size');
  });
});
