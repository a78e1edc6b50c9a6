import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderEventSchemas } from './write-event-schemas.ts';

const DIR = join(import.meta.dirname, '../../docs/events');

test('the published schemas are those of the program (npm run events:schemas)', () => {
  const committed = readdirSync(DIR).filter((name) => name.endsWith('.schema.json'));
  const files = Object.fromEntries(committed.map((name) => [name, readFileSync(join(DIR, name), 'utf8')]));
  expect(files).toEqual(renderEventSchemas());
});
