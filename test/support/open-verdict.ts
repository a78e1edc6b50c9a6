// A verdict of the evidence gate that lets a block act, for tests in which feelings are to move the score.
import type pg from 'pg';
import { canonicalJson, sha256 } from '../../src/lib/canonical-json.ts';
import type { VerdictTerms } from '../../src/model/index.ts';

const UNTIL = '2031-01-01T00:00:00.000Z';

export function openVerdict(blockSha256: string, validUntil = UNTIL): VerdictTerms {
  return {
    verdictSha256: sha256(documentOf(blockSha256, validUntil)).toString('hex'),
    state: 'open',
    blockSha256,
    validUntil,
  };
}

/** As if a second person had approved it long ago. */
export async function saveOpenVerdict(pool: pg.Pool, blockSha256: string, validUntil = UNTIL): Promise<VerdictTerms> {
  const verdict = openVerdict(blockSha256, validUntil);
  await pool.query(
    `insert into gate_verdicts (verdict_sha256, document, registered_at, registered_by, registered_holder, in_force_at,
       approved_by, approved_holder)
     values ($1, $2, '2026-01-01', 'key:one', 'key:one', '2026-01-01', 'key:two', 'key:two')`,
    [verdict.verdictSha256, documentOf(blockSha256, validUntil)],
  );
  return verdict;
}

/** No more of a verdict than a decision looks at. */
function documentOf(blockSha256: string, validUntil: string): string {
  return canonicalJson({ state: 'open', blockSha256, validUntil });
}
