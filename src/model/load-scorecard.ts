// Reads a model artefact from disk and refuses what is not one, naming the field.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { FEATURE_NAMES } from '../ledger/index.ts';
import { EcsError } from '../lib/errors.ts';
import { type CompiledScorecard, compileScorecard } from './compile-scorecard.ts';
import { modelVersionOf, type Scorecard, scorecardSchema } from './scorecard.ts';
import type { ShippedModel } from './train/load-training-data.ts';

export interface LoadedScorecard {
  readonly artefact: Scorecard;
  readonly modelVersion: string;
  readonly compiled: CompiledScorecard;
}

/** A model that comes with ECS, trained on the Taiwan card ledger; `flagship` is the one that decides by default. */
export function shippedScorecardPath(model: ShippedModel = 'flagship'): string {
  return fileURLToPath(new URL(`./artefacts/${model}.json`, import.meta.url));
}

export async function loadScorecard(path: string): Promise<LoadedScorecard> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new EcsError('ECS_MODEL_INVALID', `the model file ${path} cannot be read`, { cause, facts: { path } });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EcsError('ECS_MODEL_INVALID', `the model file ${path} is not JSON`, { cause, facts: { path } });
  }
  const artefact = parseScorecard(value, path);
  return { artefact, modelVersion: modelVersionOf(artefact), compiled: compileScorecard(artefact) };
}

/** Checks a JSON value; `source` only names it in the error. */
export function parseScorecard(value: unknown, source: string): Scorecard {
  const parsed = scorecardSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.') || 'the document';
    throw new EcsError('ECS_MODEL_INVALID', `${source}: ${field}: ${issue?.message ?? 'is not a scorecard'}`, {
      facts: { source, field },
    });
  }
  if (parsed.data.kind === 'card_ledger') requireLedgerFeatures(parsed.data, source);
  return parsed.data;
}

/** The ledger fills features by position, so a card ledger model must list exactly them in that order. */
function requireLedgerFeatures(scorecard: Scorecard, source: string): void {
  const names = scorecard.features.map((table) => table.name);
  const wrong = FEATURE_NAMES.findIndex((name, index) => names[index] !== name);
  if (wrong === -1 && names.length === FEATURE_NAMES.length) return;
  const field = `features.${wrong === -1 ? FEATURE_NAMES.length : wrong}.name`;
  throw new EcsError('ECS_MODEL_INVALID', `${source}: ${field}: a card ledger model lists the ledger's features`, {
    facts: { source, field },
  });
}
