// A verdict of the evidence gate as a person reads it: what it says, why, and on which evidence.
import { CLAIM_BREAKS, GATE_REASONS, type GateVerdict, type ModelGateResult } from '../../../model/index.ts';
import { formatTable } from '../../terminal.ts';

export function describeVerdict({ verdict, verdictSha256, claimBreak }: ModelGateResult, nowMs: number): string {
  const { outcomes } = verdict;
  const seen = `${outcomes.rows} rows, ${outcomes.defaults} defaults, ${outcomes.firstMonth ?? '-'} to ${outcomes.lastMonth ?? '-'}`;
  return [
    describeState(verdict, nowMs),
    ...verdict.reasons.map((reason) => `  because    ${GATE_REASONS[reason]} (${reason})`),
    `  outcomes   ${seen}`,
    ...describeModels(verdict),
    ...describeClaims(verdict, claimBreak),
    ...describeEvidence(verdict),
    ...describeGroups(verdict),
    ...(outcomes.knowsLate
      ? []
      : [
          '  careful    no column months_past_due: feelings that echo late payments are held off by the base score alone',
        ]),
    `  block      ${verdict.blockSha256}`,
    `  verdict    ${verdictSha256}`,
    `  law first  ${verdict.jurisdictionNote}`,
    '',
    describeLooks(verdict),
  ].join('\n');
}

/** A verdict may open and have lapsed before anybody reads it: then it permits nothing. */
function describeState({ state, openedMonth, validUntil }: GateVerdict, nowMs: number): string {
  if (state === 'shut' || validUntil === null) return 'SHUT: emotion adds exactly 0 to the probability of default';
  const day = validUntil.slice(0, 10);
  return Date.parse(validUntil) <= nowMs
    ? `LAPSED on ${day}: it opened after ${openedMonth}, but its outcomes are too old to permit anything; ask with newer ones`
    : `OPEN since the look after ${openedMonth}, valid until ${day}`;
}

function describeModels({ outcomes }: GateVerdict): string[] {
  if (outcomes.modelVersions === null) return [];
  return [`  beside     ${outcomes.modelVersions.map((version) => version.slice(0, 12)).join(', ')}`];
}

function describeClaims({ claimsBefore }: GateVerdict, claimBreak: ModelGateResult['claimBreak']): string[] {
  const why =
    claimBreak === null
      ? []
      : [`  careful    these outcomes do not go on from those of the last verdict: ${CLAIM_BREAKS[claimBreak]}`];
  if (claimsBefore === 0) return why;
  const spent = claimsBefore === 1 ? '1 claim was' : `${claimsBefore} claims were`;
  return [...why, `  careful    ${spent} spent on other outcomes before, so more evidence is needed`];
}

function describeEvidence({ evidence }: GateVerdict): string[] {
  if (evidence === null) return [];
  const { nats, boundaryNats, auc, defaults, month, claim } = evidence;
  return [
    `  evidence   ${nats.toFixed(2)} nats of log-loss saved, ${boundaryNats.toFixed(2)} needed (claim ${claim}, to ${month}, ${defaults} defaults)`,
    ...(auc === null
      ? []
      : [
          `  AUC        ${auc.without.toFixed(4)} -> ${auc.with.toFixed(4)}, ${formatLift(auc.lift, auc.standardError)}`,
        ]),
  ];
}

function formatLift(lift: number, standardError: number | null): string {
  const interval =
    standardError === null ? '' : ` [${signed(lift - 1.96 * standardError)}, ${signed(lift + 1.96 * standardError)}]`;
  return `lift ${signed(lift)}${interval}`;
}

const signed = (value: number) => `${value < 0 ? '' : '+'}${value.toFixed(4)}`;

function describeGroups({ evidence }: GateVerdict): string[] {
  if (evidence === null || evidence.groups === null) return [];
  const number = (value: number | null, decimals: number) => (value === null ? '-' : value.toFixed(decimals));
  const table = formatTable(
    evidence.groups.map((group) => ({
      group: group.name,
      rows: group.rows,
      defaults: group.defaults,
      'moved by': number(group.offset, 4),
      spread: number(group.spread, 2),
      'nats gained': number(group.gain, 2),
      'misses by': `${number(group.missWithout, 1)} -> ${number(group.missWith, 1)} errors`,
    })),
  );
  return ['', table, ''];
}

function describeLooks({ looks }: GateVerdict): string {
  return formatTable(
    looks.map((look) => ({
      month: look.month,
      state: look.state,
      claim: look.claim,
      defaults: look.defaults,
      nats: look.evidence.toFixed(2),
      needed: look.boundary.toFixed(2),
      'AUC lift': look.aucLift === null ? '-' : signed(look.aucLift),
      why: look.change ?? look.reasons.join(' '),
    })),
  );
}
