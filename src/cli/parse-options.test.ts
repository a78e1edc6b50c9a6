import { InvalidArgumentError } from 'commander';
import { parseCurrency, parseDate, parsePositive, parsePrefix, parseUrl, parseWholeNumber } from './parse-options.ts';

test.each<[string, (text: string) => unknown, string, unknown]>([
  ['whole number', parseWholeNumber(1, 10), '10', 10],
  ['positive', parsePositive(100), '0.5', 0.5],
  ['date', parseDate, '2024-02-29', Date.UTC(2024, 1, 29)],
  ['currency', parseCurrency, 'EUR', 'EUR'],
  ['prefix', parsePrefix, '', ''],
  ['prefix', parsePrefix, 'acme:', 'acme:'],
  ['url', parseUrl, 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
])('%s takes %s', (_what, parse, text, value) => expect(parse(text)).toBe(value));

test.each<[string, (text: string) => unknown, string]>([
  ['whole number', parseWholeNumber(1, 10), '11'],
  ['whole number', parseWholeNumber(1, 10), '0'],
  ['whole number', parseWholeNumber(1, 10), '1.5'],
  ['whole number', parseWholeNumber(1, 10), ''],
  ['positive', parsePositive(100), '0'],
  ['positive', parsePositive(100), '101'],
  ['positive', parsePositive(100), '1e1'],
  ['date', parseDate, '2023-02-29'],
  ['date', parseDate, '2023-13-01'],
  ['date', parseDate, '22.11.2026'],
  ['currency', parseCurrency, 'eur'],
  ['prefix', parsePrefix, 'two words'],
  ['prefix', parsePrefix, 'x'.repeat(51)],
  ['url', parseUrl, '127.0.0.1:8080'],
  ['url', parseUrl, 'ftp://127.0.0.1'],
])('%s refuses %p', (_what, parse, text) => expect(() => parse(text)).toThrow(InvalidArgumentError));
