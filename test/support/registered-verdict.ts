// A verdict of the evidence gate that opens, asked of a simulated lender whose last month is just over, and registered by
// somebody whom no test is.
import type pg from 'pg';
import { drawHistory } from '../../src/cli/simulate/truth/draw-history.ts';
import { SCENARIOS } from '../../src/cli/simulate/truth/scenario.ts';
import { inTransaction } from '../../src/db/index.ts';
import { EMOTION_BLOCK } from '../../src/model/emotion-block.ts';
import { buildVerdict, type GateVerdict } from '../../src/model/gate/gate-verdict.ts';
import { GATE_RULES, monthOf, runGate } from '../../src/model/gate/index.ts';
import { registerVerdict } from '../../src/model/gate/save-verdict.ts';

const MONTHS = 24;
const SOMEBODY = { name: 'key:somebody', holder: 'key:somebody' };

export function makeOpenVerdict(nowMs: number): GateVerdict {
  const firstMonth = monthOf(nowMs) - MONTHS;
  const outcomes = drawHistory(SCENARIOS.moderate, 1, { months: MONTHS, firstMonth });
  const verdict = buildVerdict(runGate(outcomes, GATE_RULES), outcomes, EMOTION_BLOCK, GATE_RULES);
  if (verdict.state !== 'open') throw new Error(`the moderate world opens the gate: ${verdict.reasons.join(', ')}`);
  return verdict;
}

/** Its SHA-256; the same verdict may be registered again and again. */
export async function registerAgain(pool: pg.Pool, verdict: GateVerdict, nowMs: number): Promise<string> {
  return (await inTransaction(pool, (tx) => registerVerdict(tx, verdict, SOMEBODY, nowMs))).verdictSha256;
}
