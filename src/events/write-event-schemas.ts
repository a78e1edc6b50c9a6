// Writes the published JSON Schemas: `node dist/events/write-event-schemas.js docs/events`. A test compares the committed
// files with what would be written.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { buildEventSchemas } from './json-schemas.ts';

/** File name -> text of the published schemas. */
export function renderEventSchemas(): Readonly<Record<string, string>> {
  const files = Object.entries(buildEventSchemas());
  return Object.fromEntries(files.map(([name, schema]) => [name, `${JSON.stringify(schema, null, 2)}\n`]));
}

function writeEventSchemas(dir: string): void {
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(renderEventSchemas())) writeFileSync(join(dir, name), text);
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  writeEventSchemas(argv[2] ?? join('docs', 'events'));
}
