import { isPostmasterOf, splitPsCommand } from './orphan.ts';

describe('isPostmasterOf', () => {
  it.each([
    [['/a/bin/postgres', '-D', '/data/pg'], true],
    [['postgres', '-c', 'x=y', '-D', '/data/pg', ''], true],
    [['/a/bin/postgres', '-D', '/data/other'], false],
    [['/a/bin/postgres', '/data/pg'], false],
    [['/data/pg', '/data/pg'], false],
    [['/usr/bin/tail', '-D', '/data/pg'], false],
    [['postgres: checkpointer '], false],
    [[], false],
  ])('%j: %s', (command, expected) => {
    expect(isPostmasterOf('/data/pg', command)).toBe(expected);
  });
});

describe('splitPsCommand', () => {
  it.each([
    ['/a/bin/postgres -D /data/pg', ['/a/bin/postgres', '-D', '/data/pg']],
    ['/My Files/postgres -D /My Data/pg', ['/My Files/postgres', '-D', '/My Data/pg']],
    ['sleep 60', []],
    ['', []],
  ])('%s', (line, expected) => {
    expect(splitPsCommand(line)).toEqual(expected);
  });
});
