// Which way imports may run, as DESIGN and ARCHITECTURE describe it: down the road only, into a room through its index.ts,
// drivers only where I/O lives, and no I/O in what promises to be pure. Types count as imports.

// What each room knows besides itself. `lib` knows nobody.
const KNOWS = {
  lib: [],
  events: ['lib'],
  db: ['lib'],
  access: ['lib', 'db'],
  affect: ['lib', 'events', 'db'],
  ledger: ['lib', 'events', 'db', 'affect'],
  model: ['lib', 'events', 'db', 'affect', 'ledger'],
  policy: ['lib', 'events', 'db', 'affect', 'ledger', 'model'],
  decision: ['lib', 'events', 'db', 'affect', 'ledger', 'model', 'policy'],
  monitoring: ['lib', 'events', 'db', 'ledger', 'model', 'decision'],
  shadow: ['lib', 'db', 'model', 'policy', 'decision', 'monitoring'],
  ingest: ['lib', 'events', 'db'],
  notify: ['lib', 'events', 'db'],
  privacy: ['lib', 'events', 'db'],
};
const ROADS = '^src/ingest/(kafka|http)/';
const TESTS = '\\.test\\.ts$';
const PURE_ROOMS = '^src/(affect|ledger|model|policy|decision|monitoring|shadow)/';
// Files that say in their name that they do I/O ...
const IO_NAMES = [
  '/(load|save|insert|delete|lock|list|register)-[^/]+$',
  '-(worker|consumer|relay)\\.ts$',
  '^src/model/train/load-',
  // Writes published files when run as a program.
  '/write-[^/]+$',
];
// ... and the few where reading, deciding and writing meet.
const SEAMS = [
  '/index\\.ts$',
  '-handler\\.ts$',
  '^src/ledger/complete-statements\\.ts$',
  '^src/model/run-model-[a-z]+\\.ts$',
  '^src/monitoring/monitor\\.ts$',
  '^src/decision/(decider|decision-history|freeze-account|replay-decision|set-limit-by-hand)\\.ts$',
];

const rooms = Object.entries(KNOWS).map(([room, known]) => ({
  name: `${room}-knows-${known.length === 0 ? 'nobody' : 'only-what-lies-before-it'}`,
  comment: `src/${room} may import: ${[room, ...known].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: TESTS },
  to: { path: '^src/', pathNot: `^src/(${[room, ...known].join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...rooms,
    {
      name: 'rooms-by-their-face',
      comment: 'From outside, a room is entered through its index.ts (events and lib have no face: each file is one).',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: TESTS },
      to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', '^src/(events|lib)/', '^src/[^/]+/index\\.ts$'] },
    },
    {
      name: 'rooms-by-their-face-from-the-top',
      comment: 'The files that wire rooms together enter them through index.ts too.',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$', pathNot: TESTS },
      to: { path: '^src/[^/]+/', pathNot: ['^src/(events|lib)/', '^src/[^/]+/index\\.ts$'] },
    },
    {
      name: 'counting-knows-no-road',
      comment: 'What counts events, tells copies apart and keeps dead letters does not know by which road they came.',
      severity: 'error',
      from: { path: '^src/ingest/', pathNot: [ROADS, '^src/ingest/index\\.ts$', TESTS] },
      to: { path: ROADS },
    },
    {
      name: 'roads-know-not-each-other',
      severity: 'error',
      from: { path: ROADS, pathNot: TESTS },
      to: { path: ROADS, pathNot: '^src/ingest/$1/' },
    },
    {
      name: 'nobody-knows-the-doors',
      comment: 'api and cli are where the world comes in; api does not know cli, and only the wiring knows api.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(api|cli)/', '^src/[^/]+\\.ts$', TESTS] },
      to: { path: ['^src/(api|cli)/', '^src/[^/]+\\.ts$'] },
    },
    {
      name: 'api-knows-no-cli',
      severity: 'error',
      from: { path: '^src/api/' },
      to: { path: ['^src/cli/', '^src/[^/]+\\.ts$'] },
    },
    {
      name: 'pg-in-db-only',
      comment: 'Everybody else names its types; values come from src/db.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/db/', TESTS] },
      to: { path: '(^|/)node_modules/(@types/)?pg/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'kafkajs-in-its-adapter-only',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/events/(kafka-[a-z-]+|unreadable-batch)\\.ts$', TESTS] },
      to: { path: '(^|/)node_modules/kafkajs/' },
    },
    {
      name: 'express-in-api-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/api/' },
      to: { path: '(^|/)node_modules/(@types/)?express/' },
    },
    {
      name: 'pure-files-do-no-io',
      comment:
        'Load, decide purely, write once: a file that touches the outside says so in its name (load-, save-, -worker).',
      severity: 'error',
      from: { path: PURE_ROOMS, pathNot: [...IO_NAMES, ...SEAMS, TESTS] },
      to: {
        path: [
          '^(node:)?(fs|net|http|https|http2|tls|dns|dgram|child_process|worker_threads|timers|crypto|process|os)(/|$)',
          '(^|/)node_modules/(pg|pino)/',
          '^src/db/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'pure-files-call-no-io',
      comment: 'What a pure file needs from outside comes as an argument; only the named seams call both kinds.',
      severity: 'error',
      from: { path: PURE_ROOMS, pathNot: [...IO_NAMES, ...SEAMS, TESTS] },
      to: { path: IO_NAMES, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'product-without-tests-and-tools',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: ['^(test|bench|scripts)/', TESTS] },
    },
    {
      name: 'product-on-shipped-packages',
      comment: 'What runs must be in dependencies; a type may come from devDependencies.',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '(^|/)node_modules/@types/' },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-deprecated-core',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['deprecated'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
