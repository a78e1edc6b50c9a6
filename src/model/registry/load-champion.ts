// The model in force as those who decide see it: kept in memory, and looked up again in the database before it is older
// than the bound. A promotion reaches every process within that time and without a restart.
import type { Queryable } from '../../db/index.ts';
import { type Clock, SECOND_MS } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { LoadedScorecard } from '../load-scorecard.ts';
import { loadAlias } from './load-aliases.ts';
import { loadModelVersion } from './load-model-version.ts';

/** A decision that begins this long after a promotion is made by the promoted model. */
export const CHAMPION_KNOWN_FOR_MS = SECOND_MS;

export interface ModelSource {
  /** To be asked once a transaction, on its own connection; what it gives holds for all of the transaction. */
  champion(db: Queryable): Promise<LoadedScorecard>;
}

export interface ModelSourceOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly knownForMs?: number;
}

interface KnownModel {
  readonly model: LoadedScorecard;
  readonly asOfMs: number;
}

export function createModelSource({ clock, log, knownForMs = CHAMPION_KNOWN_FOR_MS }: ModelSourceOptions): ModelSource {
  const load = createSharedLoader();
  let known: KnownModel | undefined;

  async function lookUp(db: Queryable, seen: KnownModel | undefined, nowMs: number): Promise<LoadedScorecard> {
    const version = await loadChampionVersion(db);
    const model = seen?.model.modelVersion === version ? seen.model : await load(db, version);
    // Where another look-up ended meanwhile, the one that began later knows more.
    const isNewest = known === undefined || known === seen || known.asOfMs <= nowMs;
    if (!isNewest) return model;
    if (known !== undefined && known.model.modelVersion !== version) {
      log.info({ from: known.model.modelVersion, to: version }, 'another model is in force');
    }
    known = { model, asOfMs: nowMs };
    return model;
  }

  return {
    async champion(db) {
      const nowMs = clock();
      // A clock that was set back must not make old knowledge young.
      const isFresh = known !== undefined && nowMs >= known.asOfMs && nowMs - known.asOfMs < knownForMs;
      return known !== undefined && isFresh ? known.model : lookUp(db, known, nowMs);
    },
  };
}

/** Many transactions meet a promotion at once; one of them reads and compiles the model for all. */
function createSharedLoader(): (db: Queryable, version: string) => Promise<LoadedScorecard> {
  let latest: { readonly version: string; readonly model: Promise<LoadedScorecard> } | undefined;
  return async (db, version) => {
    if (latest?.version === version) {
      try {
        return await latest.model;
      } catch {
        // The other's connection may have failed, not the model: this transaction finds out on its own.
      }
    }
    const model = loadDecidingModel(db, version);
    latest = { version, model };
    return model;
  };
}

async function loadChampionVersion(db: Queryable): Promise<string> {
  const version = await loadAlias(db, 'champion');
  if (version !== null) return version;
  throw new EcsError('ECS_VERSION_UNKNOWN', 'No model is in force yet: start ECS once.');
}

async function loadDecidingModel(db: Queryable, version: string): Promise<LoadedScorecard> {
  const model = await loadModelVersion(db, version);
  requireLedgerModel(model);
  return model;
}

/** Only a model that reads statements can decide about customers. */
export function requireLedgerModel({ artefact }: Pick<LoadedScorecard, 'artefact'>): void {
  if (artefact.kind === 'card_ledger') return;
  throw new EcsError('ECS_MODEL_INVALID', `The model ${artefact.name} does not read statements, so it cannot decide.`, {
    facts: { field: 'kind' },
  });
}
