// Where the public data sets lie for tests that need the real thing: beside the repository, or where ECS_SHARED_DATA says.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Fails loudly when the file is absent: a test that needs it must not pass by skipping. */
export function sharedDataPath(file: string): string {
  const folder = process.env.ECS_SHARED_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
  const path = join(folder, file);
  if (!existsSync(path)) {
    throw new Error(
      `this test needs ${file}; it is not in ${folder}. Set ECS_SHARED_DATA to the folder that holds it.`,
    );
  }
  return path;
}
