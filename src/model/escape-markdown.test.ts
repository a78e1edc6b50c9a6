import { escapeMarkdown } from './escape-markdown.ts';

test.each([
  ['north | south', 'north \\| south'],
  ['<script>', '&lt;script&gt;'],
  ['a\n# b', 'a # b'],
  ['`rm`', '\\`rm\\`'],
  ['C:\\x', 'C:\\\\x'],
  ['&lt;', '&amp;lt;'],
  ['status_latest, https://doi.org/10.24432/C55S3H', 'status_latest, https://doi.org/10.24432/C55S3H'],
])('%j becomes %j', (text, expected) => {
  expect(escapeMarkdown(text)).toBe(expected);
});
