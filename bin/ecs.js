#!/usr/bin/env node
// The `ecs` command: runs the built command line, and says what is missing when it has not been built.

import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('ECS is not built yet. Run `npm run build` first (`npm start` does it by itself).');
  process.exitCode = 1;
}
