// `ecs model gate`: asks the evidence gate about a lender's outcomes and writes down what it says. Hands back plain facts.
import { writeFile } from 'node:fs/promises';
import { EcsError } from '../lib/errors.ts';
import { askedOf, type ClaimBreak, countClaimsBefore } from './gate/claims-before.ts';
import { runGate } from './gate/evidence-gate.ts';
import type { GateOutcomes } from './gate/gate-outcomes.ts';
import { GATE_RULES } from './gate/gate-rules.ts';
import { buildVerdict, type GateVerdict, hashEmotionBlock, hashVerdict } from './gate/gate-verdict.ts';
import { loadOutcomes } from './gate/load-outcomes.ts';
import { renderGatePicture } from './gate/render-gate-picture.ts';
import { loadScorecard } from './load-scorecard.ts';
import type { EmotionBlock } from './scorecard.ts';

export interface ModelGateArgs {
  readonly outcomesPath: string;
  readonly modelPath: string;
  /** Without labels the gate stays shut. */
  readonly groupColumn?: string | undefined;
  readonly outPath?: string | undefined;
  readonly picturePath?: string | undefined;
  /** Verdicts registered about a block, the newest first; absent: as if it were asked for the first time. */
  readonly loadEarlier?: ((blockSha256: string) => Promise<readonly GateVerdict[]>) | undefined;
}

export interface ModelGateResult {
  readonly verdictSha256: string;
  readonly verdict: GateVerdict;
  /** Why these outcomes do not continue those of the last verdict; null where they do, or are the first. */
  readonly claimBreak: ClaimBreak | null;
}

export async function runModelGate(args: ModelGateArgs): Promise<ModelGateResult> {
  const { artefact } = await loadScorecard(args.modelPath);
  const block = artefact.emotionBlock;
  const outcomes = await loadOutcomes(args.outcomesPath, args.groupColumn ?? null, block);
  const earlier = (await args.loadEarlier?.(hashEmotionBlock(block))) ?? [];
  const { verdict, claimBreak } = askGate(outcomes, block, earlier);
  if (args.outPath !== undefined) await writeOut(args.outPath, `${JSON.stringify(verdict, null, 2)}\n`);
  if (args.picturePath !== undefined) await writeOut(args.picturePath, renderGatePicture(verdict));
  return { verdictSha256: hashVerdict(verdict), verdict, claimBreak };
}

/** Outcomes that do not continue those of the last verdict start with the next claim. */
function askGate(outcomes: GateOutcomes, block: EmotionBlock, earlier: readonly GateVerdict[]) {
  const ask = (claimsBefore: number) =>
    buildVerdict(runGate(outcomes, GATE_RULES, { detail: true, claimsBefore }), outcomes, block, GATE_RULES);
  const first = ask(0);
  const { claimsBefore, claimBreak } = countClaimsBefore(askedOf(first), earlier);
  return { verdict: claimsBefore === 0 ? first : ask(claimsBefore), claimBreak };
}

async function writeOut(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw new EcsError('ECS_FILE_INVALID', `The file ${path} cannot be written.`, { cause, facts: { path } });
  }
}
