import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from '../command-context.ts';
import { EXIT_FINDINGS } from '../exit-codes.ts';
import { doctorCommand } from './doctor.ts';

test('who looks makes nothing: an absent data folder is a finding and stays absent', async () => {
  const dataDir = join(tmpdir(), `ecs-doctor-${randomUUID()}`);
  const said: string[] = [];
  const terminal = {
    isInteractive: false,
    colours: false,
    out: (line: string) => said.push(line),
    say: () => {},
    progress: () => {},
  };
  const context: CommandContext = { env: { ECS_DATA_DIR: dataDir }, terminal, exitCode: 0 };
  await doctorCommand(context).parseAsync(['--json'], { from: 'user' });
  expect(JSON.parse(said.join(''))).toMatchObject([
    { check: 'database', state: 'failed', message: `${dataDir} holds no data.` },
  ]);
  expect(context.exitCode).toBe(EXIT_FINDINGS);
  await expect(stat(dataDir)).rejects.toMatchObject({ code: 'ENOENT' });
});
