// The registry on a database of its own, with one model in force and two more, and people who act on it.
import type pg from 'pg';
import { inTransaction } from '../../src/db/index.ts';
import { makeId } from '../../src/lib/ids.ts';
import {
  type Actor,
  approveProposal,
  installModel,
  type LoadedScorecard,
  listModelHistory,
  loadAlias,
  proposeChampion,
  registerModel,
  rejectProposal,
  rollBack,
  setChallenger,
} from '../../src/model/index.ts';
import { createTestDatabase } from './database.ts';
import { makeOtherModel } from './registered-models.ts';

export const REGISTRY_NOW_MS = Date.UTC(2026, 10, 22);
export const person = (name: string): Actor => ({ name: `key:${name}`, holder: `key:${name}` });
export const refusal = (code: string, text: RegExp) => ({ code, message: expect.stringMatching(text) });
const ana = person('ana');
const bea = person('bea');

export type RegistryWorld = Awaited<ReturnType<typeof createRegistryWorld>>;

export async function createRegistryWorld() {
  const database = await createTestDatabase();
  const { pool } = database;
  const tx = <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => inTransaction(pool, work);
  const install = (model: LoadedScorecard) => tx((client) => installModel(client, model.artefact, REGISTRY_NOW_MS));
  const register = (artefact: unknown) =>
    tx((client) => registerModel(client, artefact, { actor: ana, reason: 'new', nowMs: REGISTRY_NOW_MS }));
  const [first, second, third] = await Promise.all([
    makeOtherModel('first'),
    makeOtherModel('second'),
    makeOtherModel('third'),
  ]);
  await install(first);
  await register(second.artefact);
  await register(third.artefact);
  return {
    ...{ database, pool, tx, install, register, first, second, third },
    propose: ({ modelVersion }: LoadedScorecard, actor = ana, nowMs = REGISTRY_NOW_MS) =>
      tx((client) => proposeChampion(client, { proposalId: makeId(), modelVersion, reason: 'better' }, actor, nowMs)),
    approve: (proposalId: string, actor = bea, nowMs = REGISTRY_NOW_MS) =>
      tx((client) => approveProposal(client, { proposalId, reason: 'checked' }, actor, nowMs)),
    reject: (proposalId: string, actor = bea) =>
      tx((client) => rejectProposal(client, { proposalId, reason: 'no' }, actor, REGISTRY_NOW_MS)),
    back: (nowMs = REGISTRY_NOW_MS, actor = ana) => tx((client) => rollBack(client, 'worse', actor, nowMs)),
    challenge: ({ modelVersion }: LoadedScorecard) =>
      tx((client) => setChallenger(client, { modelVersion, reason: 'look', pastDays: 0 }, ana, REGISTRY_NOW_MS)),
    champion: () => loadAlias(pool, 'champion'),
    actions: async () => (await listModelHistory(pool)).map(({ action }) => action),
  };
}
