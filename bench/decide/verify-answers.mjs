// Looks up what was answered: every 2xx answer of ECS has exactly one stored decision, the limit in force is the one that
// was answered, and its Idempotency-Key is kept; the seed's rows agree with its answers. Throws at the first difference.

const ECS_ROWS = `
  select asked.id as customer_id, d.decision_id, d.outcome, d.limit_minor, d.previous_limit_minor,
    a.limit_minor as account_limit, l.limit_minor as limit_in_force, l.decision_id as limit_decision,
    (select count(*) from decisions other where other.customer_id = asked.id and other.trigger = 'api') as decisions
  from unnest($1::text[]) with ordinality as asked (id, place)
  join decisions d on d.customer_id = asked.id and d.trigger = 'api'
  join credit_accounts a on a.customer_id = asked.id
  join credit_limits l on l.customer_id = asked.id and l.state = 'in_force'
  order by asked.place`;

/** Gives the share of decisions that changed the limit. */
export async function verifyEcs(pool, customerIds, answers) {
  const bodies = answers.map(requireOk).map(({ text }) => JSON.parse(text));
  const { rows } = await pool.query(ECS_ROWS, [customerIds]);
  if (rows.length !== answers.length) throw new Error(`${rows.length} stored decisions for ${answers.length} answers`);
  rows.forEach((row, index) => {
    const { decisionId, customerId, limitMinor, outcome } = bodies[index];
    const same =
      row.customer_id === customerId &&
      row.decisions === 1 &&
      row.decision_id === decisionId &&
      row.outcome === outcome &&
      [row.limit_minor, row.account_limit, row.limit_in_force].every((stored) => stored === limitMinor);
    if (!same) throw new Error(`stored is not what was answered: ${JSON.stringify(row)} for ${answers[index].text}`);
  });
  const changed = rows.filter(
    (row) => row.limit_decision === row.decision_id && row.limit_minor !== row.previous_limit_minor,
  );
  return changed.length / rows.length;
}

export async function verifyKeys(pool, operation, keys) {
  const { rows } = await pool.query(
    'select count(*) as kept from idempotency_keys where route = $1 and status = 200 and idempotency_key = any($2::text[])',
    [operation, keys],
  );
  if (rows[0].kept !== keys.length) throw new Error(`${rows[0].kept} of ${keys.length} Idempotency-Keys are kept`);
}

export async function verifySeed(pool, answers) {
  const bodies = answers.map(requireOk).map(({ text }) => JSON.parse(text));
  const { rows } = await pool.query(
    `select count(*) as same from unnest($1::text[], $2::int8[]) as asked (user_id, credit_limit)
     join seed.users u on u.user_id = asked.user_id and u.credit_limit = asked.credit_limit
     join seed.decisions d on d.user_id = u.user_id and d.credit_limit = u.credit_limit
     join seed.notifications n on n.user_id = u.user_id`,
    [bodies.map((body) => body.userId), bodies.map((body) => body.creditLimit)],
  );
  if (rows[0].same !== answers.length) throw new Error(`the seed stored ${rows[0].same} of ${answers.length} answers`);
}

function requireOk(answer) {
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.text}`);
  return answer;
}

export async function verifyQueue(pool, customerIds) {
  const { rows } = await pool.query(
    `select count(*) as decided, count(*) filter (where d.limit_minor <> d.previous_limit_minor and l.decision_id = d.decision_id) as changed
     from decisions d left join credit_limits l on l.customer_id = d.customer_id and l.state = 'in_force'
     where d.customer_id = any($1::text[]) and d.trigger = 'state_change'`,
    [customerIds],
  );
  if (rows[0].decided !== customerIds.length)
    throw new Error(`${rows[0].decided} of ${customerIds.length} queued were decided`);
  return rows[0].changed / rows[0].decided;
}
