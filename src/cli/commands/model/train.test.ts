// What a person reads after a training: how each column was taken, which the spec may leave open.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenToCommand } from '../../../../test/support/command-context.ts';
import { sharedDataPath } from '../../../../test/support/shared-data.ts';
import { trainCommand } from './train.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-train-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('without a spec, a table that is no card ledger is refused with what to do', async () => {
  const { context } = listenToCommand();
  const trained = trainCommand(context).parseAsync(
    [sharedDataPath('german-credit.csv'), '--out', join(folder, 'none.json')],
    { from: 'user' },
  );
  await expect(trained).rejects.toMatchObject({
    code: 'ECS_FILE_INVALID',
    message: expect.stringMatching(/german-credit.csv: no column is called ID or .*needs a spec of its own.*--spec/),
  });
});

test('numbers, categories, and columns that tell nothing', async () => {
  const rows = Array.from({ length: 400 }, (_, row) => {
    const income = row % 2 === 0 ? '' : '1000';
    return `${(row * 37) % 100},${row % 3 === 0 ? 'north' : 'south'},${income},EUR,word ${row},${(row * 37) % 100 > 60 ? 1 : 0}`;
  });
  const data = join(folder, 'loans.csv');
  const spec = join(folder, 'spec.json');
  await writeFile(data, `usage,region,income,currency,remark,bad\n${rows.join('\n')}\n`);
  await writeFile(spec, JSON.stringify({ target: 'bad', settings: { roundsMax: 20, pairsMax: 0 } }));
  const { context, said } = listenToCommand();
  await trainCommand(context).parseAsync([data, '--spec', spec, '--out', join(folder, 'm.json')], { from: 'user' });
  const lines = said.join('\n').split('\n');
  expect(lines).toContain('numbers: usage, income');
  expect(lines).toContain('categories: region');
  expect(lines).toContain('tell nothing (one value, or every level too rare): currency, remark');
}, 120_000);
