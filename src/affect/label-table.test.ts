import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { findLabel, LABEL_TABLE } from './label-table.ts';
import { renderLabelTable } from './render-label-table.ts';

const PAGE = fileURLToPath(new URL('../../docs/label-table.md', import.meta.url));

describe('label table', () => {
  test('has 30 to 40 rows, each with a source, in range and in steps of 0.05', () => {
    expect(LABEL_TABLE.length).toBeGreaterThanOrEqual(30);
    expect(LABEL_TABLE.length).toBeLessThanOrEqual(40);
    for (const { valence, arousal, source } of LABEL_TABLE) {
      for (const figure of [valence, arousal]) {
        expect(Math.abs(figure)).toBeLessThanOrEqual(1);
        expect(Math.round(figure * 20) / 20).toBeCloseTo(figure, 12);
      }
      expect(source).toMatch(/Russell|By definition/);
    }
  });

  test('names no word twice, and writes every word as it is looked up', () => {
    const words = LABEL_TABLE.flatMap((row) => [row.label, ...row.aliases]);
    expect(new Set(words).size).toBe(words.length);
    for (const row of LABEL_TABLE) {
      for (const word of [row.label, ...row.aliases]) {
        expect(word).toBe(word.trim().toLowerCase());
        expect(findLabel(word)).toBe(row);
      }
    }
  });

  test('opposites lie on opposite sides', () => {
    const valenceOf = (word: string) => findLabel(word)!.valence;
    const arousalOf = (word: string) => findLabel(word)!.arousal;
    expect(valenceOf('joy')).toBeGreaterThan(0.5);
    expect(valenceOf('sadness')).toBeLessThan(-0.5);
    expect(arousalOf('panic')).toBeGreaterThan(arousalOf('worry'));
    expect(arousalOf('calm')).toBeLessThan(-0.5);
  });

  test('docs/label-table.md says the same', () => {
    if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, renderLabelTable(LABEL_TABLE));
    expect(readFileSync(PAGE, 'utf8')).toBe(renderLabelTable(LABEL_TABLE));
  });
});
