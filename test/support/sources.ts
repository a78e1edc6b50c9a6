// What the global set-up, which is plain JavaScript, needs from the sources.
export { checkServer, createPool, migrate, resetData, startEmbeddedPostgres } from '../../src/db/index.ts';
export { isEcsError } from '../../src/lib/errors.ts';
