import { toStorableHeaders, toStorableText } from './storable-text.ts';

test.each([
  ['plain', 'plain'],
  ['a\0b', 'a\ufffdb'],
  ['\ud800', '\ufffd'],
  ['\udc00x', '\ufffdx'],
  ['\u{1f600}', '\u{1f600}'],
  ['\\u0000', '\\u0000'],
])('%j is stored as %j', (text, stored) => {
  expect(toStorableText(text, 10)).toBe(stored);
});

test('a cut through the middle of a character leaves no half of it', () => {
  expect(toStorableText(`abc\u{1f600}`, 4)).toBe('abc\ufffd');
});

test('names and values of headers are made storable', () => {
  expect(toStorableHeaders({ 'a\0': 'b\0' })).toEqual({ 'a\ufffd': 'b\ufffd' });
});
