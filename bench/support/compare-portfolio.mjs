// What serving did with a portfolio against what training makes of the same file: features bit by bit, and the rank
// power of the decisions' probabilities of default on rows that the model never saw.

const PAGE = 5_000;

/** The first decision of the policy about each customer: record and all. */
export async function* loadDecisions(pool) {
  for (let after = ''; ; ) {
    const { rows } = await pool.query(
      `select distinct on (customer_id) customer_id, record, probability_of_default
       from decisions where trigger <> 'import' and customer_id > $1
       order by customer_id, sequence
       limit $2`,
      [after, PAGE],
    );
    yield* rows;
    if (rows.length < PAGE) return;
    after = rows.at(-1).customer_id;
  }
}

/** `table` is training's own; `prefix` leads from its ids to customers. */
export async function compareWithTraining(pool, table, { idColumn, prefix, holdoutColumn }) {
  const rowOf = new Map(table.columns.map((record, row) => [`${prefix}${record[idColumn]}`, row]));
  const skewed = new Set(rowOf.keys());
  const logOdds = [];
  const target = [];
  let customers = 0;
  for await (const decision of loadDecisions(pool)) {
    const row = rowOf.get(decision.customer_id);
    if (row === undefined) continue;
    customers += 1;
    const served = JSON.parse(decision.record).inputs.features;
    if (isSame(served, table.features[row])) skewed.delete(decision.customer_id);
    if (table.columns[row][holdoutColumn] !== '1') continue;
    const pd = decision.probability_of_default;
    logOdds.push(Math.log(pd / (1 - pd)));
    target.push(table.target[row]);
  }
  return { customers, skewed: [...skewed], logOdds: Float64Array.from(logOdds), target: Uint8Array.from(target) };
}

/** A missing feature is null in a record and NaN in training; a customer without a decision is skewed. */
function isSame(served, trained) {
  if (served.length !== trained.length) return false;
  return served.every((value, place) => {
    const other = trained[place];
    return value === null ? Number.isNaN(other) : Object.is(value, other + 0);
  });
}
