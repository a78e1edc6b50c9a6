// The seed's way of `POST /api/credit-limit`, kept as the baseline: Express, one connection a request, six statements each
// awaited (begin, select for update, insert decision, update limit, insert notification, commit). It asks for no key, knows
// no idempotency, no consent and no reasons, and its whole policy is one line. Prints its port and runs until it is ended.

import express from 'express';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL_CONNECTIONS) });

const STATEMENTS = {
  load: `select u.credit_limit, p.valence, p.stress, p.risk
    from seed.users u join seed.emotional_profiles p using (user_id) where u.user_id = $1 for update`,
  insertDecision: `insert into seed.decisions (user_id, previous_limit, credit_limit, interest_rate, credit_type, decided_at)
    values ($1, $2, $3, $4, $5, now()) returning decision_id`,
  updateLimit: 'update seed.users set credit_limit = $2, updated_at = now() where user_id = $1',
  insertNotification: `insert into seed.notifications (user_id, type, payload, created_at) values ($1, $2, $3, now())`,
};

function decide({ credit_limit: limit, valence, stress, risk }) {
  const score = 1 - risk + 0.1 * valence - 0.1 * stress;
  const raised = score > 0.5;
  return { creditLimit: Math.round(limit * (raised ? 1.25 : 0.8)), rate: raised ? 12.5 : 24, type: 'long_term' };
}

async function evaluate(client, userId) {
  await client.query('begin');
  const { rows } = await client.query(STATEMENTS.load, [userId]);
  const user = rows[0];
  if (user === undefined) throw new Error('no such user');
  const { creditLimit, rate, type } = decide(user);
  const inserted = await client.query(STATEMENTS.insertDecision, [userId, user.credit_limit, creditLimit, rate, type]);
  await client.query(STATEMENTS.updateLimit, [userId, creditLimit]);
  await client.query(STATEMENTS.insertNotification, [userId, 'credit_limit_changed', { userId, creditLimit }]);
  await client.query('commit');
  return {
    decisionId: inserted.rows[0].decision_id,
    userId,
    previousLimit: user.credit_limit,
    creditLimit,
    rate,
    type,
  };
}

const app = express();
app.use(express.json());
app.post('/api/credit-limit', async (req, res) => {
  const client = await pool.connect();
  try {
    res.json(await evaluate(client, req.body.customerId));
  } catch (error) {
    await client.query('rollback');
    res.status(500).json({ error: error.message });
  } finally {
    client.release();
  }
});
const server = app.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
