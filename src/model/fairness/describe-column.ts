// The findings about one protected column in plain words.
import type { ColumnReport, JudgedApproval, JudgedCalibration } from './column-report.ts';

export function describeColumn(report: Omit<ColumnReport, 'verdicts'>): string[] {
  return [
    ...describeApprovals(report),
    ...describeCalibrations(report.column, report.calibrations),
    ...describeProxies(report),
    ...describeSmall(report.column, report.calibrations),
  ];
}

function describeApprovals({ column, approvals }: Omit<ColumnReport, 'verdicts'>): string[] {
  const cutoffs = [...new Set(approvals.map((line) => line.cutoff))];
  return cutoffs.flatMap((cutoff) => {
    const here = approvals.filter((line) => line.cutoff === cutoff);
    const worst = here
      .filter((line) => line.ratio !== null)
      .toSorted((one, other) => (one.ratio?.estimate ?? 1) - (other.ratio?.estimate ?? 1))[0];
    const reference = here.find((line) => line.isReference);
    if (worst === undefined || reference === undefined) return [];
    return [`${column}, ${percent(cutoff)} approved: ${describeRatio(worst, reference)}`];
  });
}

function describeRatio({ group, ratio, finding, pValueOfAll }: JudgedApproval, reference: JudgedApproval): string {
  const { estimate, low, high } = ratio ?? { estimate: 1, low: 1, high: 1 };
  const told = `the lowest ratio is ${estimate.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}] (${group} against ${reference.group})`;
  const chance = (pValueOfAll ?? 1) <= 0.05 ? 'is no accident' : 'may be chance';
  switch (finding) {
    case 'below_four_fifths':
      return `${told}: below four fifths, and the difference ${chance}. Look for a less discriminatory alternative.`;
    case 'may_be_below':
      return `${told}: its interval reaches below four fifths. More rows would tell.`;
    default:
      return `${told}: above four fifths; the difference ${chance}.`;
  }
}

function describeCalibrations(column: string, lines: readonly JudgedCalibration[]): string[] {
  const off = lines.filter((line) => line.finding.endsWith('than_expected'));
  if (off.length === 0) {
    return [`${column}: in every group that can be judged, as many defaulted as were expected.`];
  }
  return off.map((line) => {
    const more = line.finding === 'worse_than_expected';
    return `${column}: in group ${line.group} ${more ? 'more' : 'fewer'} defaulted than expected (${line.observedRate.estimate.toFixed(3)} against ${line.expectedRate.toFixed(3)}): its risk is rated too ${more ? 'low' : 'high'}.`;
  });
}

function describeProxies({ column, proxies }: Omit<ColumnReport, 'verdicts'>): string[] {
  const strongest = proxies.toSorted((one, other) => other.auc.estimate - one.auc.estimate)[0];
  if (strongest === undefined) return [];
  const { group, auc, finding } = strongest;
  const area = `AUC ${auc.estimate.toFixed(3)} [${auc.low.toFixed(3)}, ${auc.high.toFixed(3)}] for ${group}`;
  const told = finding === 'nothing' ? 'do not tell the groups apart' : `${finding} tell the groups apart`;
  return [`${column}: the features ${told} (${area}).`];
}

function describeSmall(column: string, lines: readonly JudgedCalibration[]): string[] {
  const small = lines.filter((line) => !line.judged).map((line) => line.group);
  return small.length === 0 ? [] : [`${column}: too few rows to judge ${small.join(', ')}.`];
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
