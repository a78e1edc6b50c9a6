// Import this first (`node --import ./scripts/register-typescript.mjs file.ts`) to run TypeScript sources directly.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
