import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenToCommand } from '../../../test/support/command-context.ts';
import { EXIT_FINDINGS } from '../exit-codes.ts';
import { doctorCommand } from './doctor.ts';

test('who looks makes nothing: an absent data folder is a finding and stays absent', async () => {
  const dataDir = join(tmpdir(), `ecs-doctor-${randomUUID()}`);
  const { context, said } = listenToCommand({ ECS_DATA_DIR: dataDir });
  await doctorCommand(context).parseAsync(['--json'], { from: 'user' });
  expect(JSON.parse(said.join(''))).toMatchObject([
    { check: 'database', state: 'failed', message: `${dataDir} holds no data.` },
  ]);
  expect(context.exitCode).toBe(EXIT_FINDINGS);
  await expect(stat(dataDir)).rejects.toMatchObject({ code: 'ENOENT' });
});
