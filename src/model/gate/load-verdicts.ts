// Verdicts as they are stored: the one in force for a block, one by its hash, and all of them for people.
import type { Queryable } from '../../db/index.ts';
import { sha256 } from '../../lib/canonical-json.ts';
import { EcsError } from '../../lib/errors.ts';
import { type GateVerdict, gateVerdictSchema } from './gate-verdict.ts';
import type { VerdictTerms } from './verdict-terms.ts';

interface TermsRow {
  readonly verdict_sha256: string;
  readonly state: GateVerdict['state'];
  readonly block_sha256: string;
  readonly valid_until: string | null;
}

/** The newest that came into force for this block; null where none ever did. */
export async function loadVerdictInForce(db: Queryable, blockSha256: string): Promise<VerdictTerms | null> {
  const { rows } = await db.query<TermsRow>({
    name: 'gate-verdict-in-force',
    text: `
      select verdict_sha256, state, block_sha256, valid_until from gate_verdicts
      where block_sha256 = $1 and in_force_at is not null
      order by in_force_at desc, gate_verdict_id desc limit 1`,
    values: [blockSha256],
  });
  return rows[0] === undefined ? null : toTerms(rows[0]);
}

/** As a stored decision names it; ECS_VERSION_UNKNOWN. */
export async function loadVerdict(db: Queryable, verdictSha256: string): Promise<VerdictTerms> {
  const { rows } = await db.query<TermsRow & { readonly document: string }>(
    `select verdict_sha256, state, block_sha256, valid_until, document
     from gate_verdicts where verdict_sha256 = $1 limit 1`,
    [verdictSha256],
  );
  const row = rows[0];
  // A document that was changed is another document.
  if (row !== undefined && sha256(row.document).toString('hex') === verdictSha256) return toTerms(row);
  throw new EcsError('ECS_VERSION_UNKNOWN', `The verdict ${verdictSha256} is not registered in this database.`, {
    facts: { verdictSha256 },
  });
}

function toTerms(row: TermsRow): VerdictTerms {
  return {
    verdictSha256: row.verdict_sha256,
    state: row.state,
    blockSha256: row.block_sha256,
    validUntil: row.valid_until,
  };
}

/** Of one block, the newest first; without those of an older format, whose rows were dated otherwise. */
export async function loadVerdictsOf(db: Queryable, blockSha256: string): Promise<GateVerdict[]> {
  const { rows } = await db.query<{ document: string }>(
    'select document from gate_verdicts where block_sha256 = $1 order by gate_verdict_id desc',
    [blockSha256],
  );
  return rows.flatMap(({ document }) => {
    const parsed = gateVerdictSchema.safeParse(JSON.parse(document));
    return parsed.success ? [parsed.data] : [];
  });
}

/** All that was said; null where no such verdict was registered, ECS_VERSION_UNKNOWN where its format is read no more. */
export async function loadVerdictDocument(db: Queryable, verdictSha256: string): Promise<GateVerdict | null> {
  const { rows } = await db.query<{ document: string }>(
    'select document from gate_verdicts where verdict_sha256 = $1 limit 1',
    [verdictSha256],
  );
  if (rows[0] === undefined) return null;
  const parsed = gateVerdictSchema.safeParse(JSON.parse(rows[0].document));
  if (parsed.success) return parsed.data;
  throw new EcsError(
    'ECS_VERSION_UNKNOWN',
    `The verdict ${verdictSha256} was written in a format that this version of ECS no longer reads: ask the gate again.`,
    { cause: parsed.error, facts: { verdictSha256 } },
  );
}

export interface RegisteredVerdict extends VerdictTerms {
  readonly registeredAt: string;
  readonly registeredBy: string;
  /** Null: it waits for a second person. */
  readonly inForceAt: string | null;
  readonly approvedBy: string | null;
}

interface RegisteredRow extends TermsRow {
  readonly registered_at: Date;
  readonly registered_by: string;
  readonly in_force_at: Date | null;
  readonly approved_by: string | null;
}

const LIST_LIMIT_MAX = 200;

/** The newest first. */
export async function listVerdicts(db: Queryable): Promise<RegisteredVerdict[]> {
  const { rows } = await db.query<RegisteredRow>(
    `select verdict_sha256, state, block_sha256, valid_until, registered_at, registered_by, in_force_at, approved_by
     from gate_verdicts order by gate_verdict_id desc limit $1`,
    [LIST_LIMIT_MAX],
  );
  return rows.map((row) => ({
    ...toTerms(row),
    registeredAt: row.registered_at.toISOString(),
    registeredBy: row.registered_by,
    inForceAt: row.in_force_at?.toISOString() ?? null,
    approvedBy: row.approved_by,
  }));
}
