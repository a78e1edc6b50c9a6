// Runs the SQL tests on PostgreSQL 15, the oldest that ECS supports, with the programs that the system's packages
// install. Arguments go to Jest; without paths, all tests of src/ run, except those of the embedded launcher and of the
// model's training and scoring, which ask no database and take the longest.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const places = [
  process.env.POSTGRES_15_DIR,
  '/usr/lib/postgresql/15',
  '/opt/homebrew/opt/postgresql@15',
  '/usr/pgsql-15',
];
const directory = places.find((place) => place && existsSync(`${place}/bin/initdb`));
if (directory === undefined) {
  console.error(
    'PostgreSQL 15 is NOT TESTED: its programs (initdb, postgres) are not on this machine.\n' +
      'Install them (Debian 12: apt-get install postgresql-15; macOS: brew install postgresql@15), or name their folder,\n' +
      'the one above bin/, in POSTGRES_15_DIR.',
  );
  process.exit(1);
}

const IGNORED = ['src/db/embedded/', 'src/model/(?!registry/|gate/)'];
const given = process.argv.slice(2);
const paths = given.some((argument) => !argument.startsWith('-'))
  ? []
  : ['src/', '--testPathIgnorePatterns', ...IGNORED];
const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    fileURLToPath(new URL('../node_modules/jest/bin/jest.js', import.meta.url)),
    ...paths,
    ...given,
  ],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, TEST_POSTGRES_DIR: directory, TEST_POSTGRES_MAJOR: '15' },
    stdio: 'inherit',
  },
);
jest.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1;
});
