// `ecs model gate`: asks the evidence gate about a lender's outcomes and writes down what it says. Hands back plain facts.
import { writeFile } from 'node:fs/promises';
import { EcsError } from '../lib/errors.ts';
import { runGate } from './gate/evidence-gate.ts';
import { GATE_RULES } from './gate/gate-rules.ts';
import { buildVerdict, type GateVerdict, hashVerdict } from './gate/gate-verdict.ts';
import { loadOutcomes } from './gate/load-outcomes.ts';
import { renderGatePicture } from './gate/render-gate-picture.ts';
import { loadScorecard } from './load-scorecard.ts';

export interface ModelGateArgs {
  readonly outcomesPath: string;
  readonly modelPath: string;
  /** Without labels the gate stays shut. */
  readonly groupColumn?: string | undefined;
  readonly outPath?: string | undefined;
  readonly picturePath?: string | undefined;
}

export interface ModelGateResult {
  readonly verdictSha256: string;
  readonly verdict: GateVerdict;
}

export async function runModelGate(args: ModelGateArgs): Promise<ModelGateResult> {
  const { artefact } = await loadScorecard(args.modelPath);
  const block = artefact.emotionBlock;
  const outcomes = await loadOutcomes(args.outcomesPath, args.groupColumn ?? null, block);
  const verdict = buildVerdict(runGate(outcomes, GATE_RULES), outcomes, block, GATE_RULES);
  if (args.outPath !== undefined) await writeOut(args.outPath, `${JSON.stringify(verdict, null, 2)}\n`);
  if (args.picturePath !== undefined) await writeOut(args.picturePath, renderGatePicture(verdict));
  return { verdictSha256: hashVerdict(verdict), verdict };
}

async function writeOut(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw new EcsError('ECS_FILE_INVALID', `The file ${path} cannot be written.`, { cause, facts: { path } });
  }
}
