// The rows of an audit by group: how risky each group was thought, and how it turned out.
export interface AuditRows {
  /** Log-odds of default by the audited model. */
  readonly logOdds: readonly number[];
  readonly defaulted: readonly boolean[];
}

export interface Group {
  readonly name: string;
  /** Places of its rows. */
  readonly rows: readonly number[];
}

/** In the order of their names, numbers by size. */
export function groupRows(names: readonly string[]): Group[] {
  const rows = new Map<string, number[]>();
  names.forEach((name, row) => {
    const own = rows.get(name);
    if (own === undefined) rows.set(name, [row]);
    else own.push(row);
  });
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  return [...rows].map(([name, own]) => ({ name, rows: own })).sort((one, other) => compare(one.name, other.name));
}

const ROWS_MIN = 100;
const SHARE_MIN = 0.02;

/** Smaller groups are shown, but nothing is concluded from them: neither fewer than 100 rows nor than 2 % of all. */
export function isJudged(group: Group, allRows: number): boolean {
  return group.rows.length >= Math.max(ROWS_MIN, SHARE_MIN * allRows);
}
