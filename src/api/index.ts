// The face of the API room.
export type { ApiDeps, RoleReadiness } from './api-deps.ts';
export { buildOpenApi } from './routes/index.ts';
export { type Api, createApi } from './server.ts';
