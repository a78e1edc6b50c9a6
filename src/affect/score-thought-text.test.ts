import { describe, expect, test } from '@jest/globals';
import { scoreThoughtText } from './score-thought-text.ts';

describe('scoreThoughtText', () => {
  test.each(['I am so happy that I paid off my loan!', 'Great news, I finally feel secure about money.'])(
    'pleasant: %s',
    (text) => {
      expect(scoreThoughtText(text)).toBeGreaterThan(0.3);
    },
  );

  test.each([
    'I am worried that I will lose my job and cannot pay the rent.',
    'This debt is killing me, I feel terrible and afraid.',
  ])('unpleasant: %s', (text) => {
    expect(scoreThoughtText(text)).toBeLessThan(-0.3);
  });

  test('a negation turns the meaning', () => {
    expect(scoreThoughtText('I am not happy')).toBeLessThan(0);
  });

  test.each([
    'The bank opens at nine',
    'estou preocupado com a conta',
    '',
    '   ',
    '\u0000',
    '😀'.repeat(10),
    '__proto__',
  ])('no hint in %j', (text) => {
    expect(scoreThoughtText(text)).toBeNull();
  });

  test('stays in range for the longest texts a customer may send', () => {
    const words = ['terrible', 'GREAT!!!', 'but', 'not', "isn't", 'very', 'kind of', '???'];
    for (const word of words) {
      const score = scoreThoughtText(`${word} `.repeat(4_000).slice(0, 4_000)) ?? 0;
      expect(Math.abs(score)).toBeLessThanOrEqual(1);
    }
  });

  test('a word longer than any in the list is passed over, not searched through', () => {
    // Without the cut this takes the scorer's pattern for capitals minutes: the test would time out.
    expect(scoreThoughtText(`${'A'.repeat(3_990)}a happy`)).toBeGreaterThan(0);
  });
});
