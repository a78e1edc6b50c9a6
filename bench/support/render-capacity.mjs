// What an installation of 1, 10 and 100 million customers would need, calculated from what was measured here. Arithmetic
// on paper: the assumptions are named, and every step can be followed. Pure.

const CUSTOMERS = [1e6, 10e6, 100e6];
const DAY_SECONDS = 86_400;

/** A customer with a wearable that reads once an hour; a peak hour that is four times the mean. */
const READINGS_A_DAY = 24;
const TRANSACTIONS_A_DAY = 3;
const DECISIONS_A_DAY = 0.2;
const PEAK = 4;
/** Nobody plans with more than half of what was measured. */
const HEADROOM = 2;
const YEAR_DAYS = 365;
const HORIZON_DAYS = 7;
/** Table and index, measured with seven buckets for each of 20,000 customers; they stay as long as the consent does. */
const DAY_BUCKET_BYTES = 312;
/** The primary and one standby, so that the loss of a server is the loss of no data. */
const SERVERS_A_NODE = 2;
/** What one PostgreSQL node should hold, and how many customers it should know. */
const NODE_CORES = 16;
const NODE_DISK_BYTES = 4e12;
const PARTITIONS_MIN = 12;
/** What one partition should bring at its peak, so that one process can hold several. */
const PARTITION_EVENTS = 5_000;

export function renderCapacity({ growth, ingest, decide }) {
  const title = '## Capacity on paper';
  if (growth === undefined || ingest === undefined) {
    return `${title}\n\nNot calculated: growth or ingest is not recorded.`;
  }
  const inputs = toInputs(growth, ingest, decide);
  const plans = CUSTOMERS.map((customers) => plan(customers, inputs));
  return [title, renderAssumptions(inputs), renderTable(plans), renderNotes(plans, inputs)].join('\n\n');
}

function toInputs(growth, ingest, decide) {
  const { microsPerReadingNode, microsPerReadingDatabase, bytesPerCustomer, bytesPerReading } = growth;
  const { keyedMicrosNode, keyedMicrosDatabase, keyedBytes } = ingest;
  return {
    microsPerReadingNode,
    microsPerReadingDatabase,
    bytesPerCustomer,
    bytesPerReading,
    keyedMicrosNode,
    keyedMicrosDatabase,
    keyedBytes,
    decisions: decide?.queueDecisionsPerSecond ?? null,
  };
}

function plan(customers, inputs) {
  const readings = (customers * READINGS_A_DAY * PEAK) / DAY_SECONDS;
  const transactions = (customers * TRANSACTIONS_A_DAY * PEAK) / DAY_SECONDS;
  const decisions = (customers * DECISIONS_A_DAY * PEAK) / DAY_SECONDS;
  const nodeCores = HEADROOM * (readings * inputs.microsPerReadingNode + transactions * inputs.keyedMicrosNode) * 1e-6;
  const databaseCores =
    HEADROOM * (readings * inputs.microsPerReadingDatabase + transactions * inputs.keyedMicrosDatabase) * 1e-6;
  const processes = Math.max(1, Math.ceil(nodeCores));
  const deciding = inputs.decisions === null ? null : Math.ceil((HEADROOM * decisions) / inputs.decisions);
  const disk = {
    state: customers * inputs.bytesPerCustomer,
    days: customers * YEAR_DAYS * DAY_BUCKET_BYTES,
    fingerprints: customers * READINGS_A_DAY * HORIZON_DAYS * inputs.bytesPerReading,
    transactions: customers * TRANSACTIONS_A_DAY * YEAR_DAYS * inputs.keyedBytes,
  };
  const bytes = disk.state + disk.days + disk.fingerprints + disk.transactions;
  const nodes = Math.max(1, Math.ceil(databaseCores / NODE_CORES), Math.ceil(bytes / NODE_DISK_BYTES));
  const partitions = toMultipleOf(
    PARTITIONS_MIN,
    Math.max(processes * 4, (readings + transactions) / PARTITION_EVENTS),
  );
  return {
    customers,
    readings,
    transactions,
    decisions,
    nodeCores,
    databaseCores,
    processes,
    deciding,
    disk,
    bytes,
    nodes,
    partitions,
  };
}

function toMultipleOf(unit, value) {
  return Math.max(1, Math.ceil(value / unit)) * unit;
}

function renderAssumptions(inputs) {
  return `Assumed for each customer: ${READINGS_A_DAY} readings (one an hour, as a wearable sends them), ${TRANSACTIONS_A_DAY} transactions and ${DECISIONS_A_DAY} decisions a day; a peak
of ${PEAK} times the mean. On disk: fingerprints of ${HORIZON_DAYS} days; a year of transactions and of day buckets (${DAY_BUCKET_BYTES} bytes
with index), neither of which is deleted by itself. The measured
cost is doubled: what PostgreSQL does later (checkpoints, autovacuum) is measured as far as it ran within minutes, and a node must carry the
work while a standby is made anew. Decisions' own rows, backups and the log on its way to a standby are not in it.

Measured (above): a reading, each of another customer out of a million (the worst case: nothing to fold together), costs
${round(inputs.microsPerReadingNode)} µs in the ingest process and ${round(inputs.microsPerReadingDatabase)} µs in PostgreSQL; a transaction ${round(inputs.keyedMicrosNode)} and ${round(inputs.keyedMicrosDatabase)} µs. On disk: ${Math.round(inputs.bytesPerCustomer)} bytes a customer
with its state, ${round(inputs.bytesPerReading)} bytes a fingerprint, ${Math.round(inputs.keyedBytes)} bytes a transaction with its two indexes.`;
}

const LINES = [
  ['readings a second, peak', (p) => count(p.readings)],
  ['transactions a second, peak', (p) => count(p.transactions)],
  ['decisions a second, peak', (p) => count(p.decisions)],
  ['cores for ingest', (p) => round(p.nodeCores)],
  ['processes with the role ingest', (p) => `${p.processes}`],
  ['of them needed by decisions alone', (p) => (p.deciding === null ? 'not recorded' : `${p.deciding}`)],
  ['cores for PostgreSQL', (p) => round(p.databaseCores)],
  [
    'disk: states, day buckets, fingerprints, transactions',
    (p) => [p.disk.state, p.disk.days, p.disk.fingerprints, p.disk.transactions].map(size).join(', '),
  ],
  ['disk in all', (p) => size(p.bytes)],
  [`PostgreSQL nodes (${NODE_CORES} cores, ${NODE_DISK_BYTES / 1e12} TB)`, (p) => `${p.nodes}`],
  ['servers for them, one standby each', (p) => `${p.nodes * SERVERS_A_NODE}`],
  ['partitions a topic', (p) => `${p.partitions}`],
];

function renderTable(plans) {
  const head = `| customers | ${plans.map((p) => `${count(p.customers / 1e6)} M`).join(' | ')} |`;
  const rule = `| --- |${' ---: |'.repeat(plans.length)}`;
  const rows = LINES.map(([label, show]) => `| ${label} | ${plans.map(show).join(' | ')} |`);
  return [head, rule, ...rows].join('\n');
}

function renderNotes(plans, inputs) {
  const [one] = plans;
  const disk = `${count(one.customers)} x (${YEAR_DAYS} x ${DAY_BUCKET_BYTES} bytes of day buckets + ${YEAR_DAYS} x ${TRANSACTIONS_A_DAY} x ${Math.round(inputs.keyedBytes)} bytes of transactions + the rest) = ${size(one.bytes)}`;
  const arithmetic = `${count(one.customers)} x ${READINGS_A_DAY} x ${PEAK} / ${count(DAY_SECONDS)} = ${count(one.readings)} readings a second`;
  return `The arithmetic of the first column: ${arithmetic}; cores = events a second x microseconds each x ${HEADROOM};
disk: ${disk}; nodes = the larger of
cores / ${NODE_CORES} and disk / ${NODE_DISK_BYTES / 1e12} TB; partitions = the larger of four for each process and one for every ${count(PARTITION_EVENTS)} events a second at the peak, in twelves, so that
processes can be added later without changing their number. The cost of a reading leaves out the fetch from the broker (above), the cores of PostgreSQL decisions. What fills a node is its disk, long before its cores: whoever moves old transactions elsewhere needs fewer.

One node: one PostgreSQL as it is, with replicas for safety. Several nodes: every hot table's key begins with \`customer_id\`
(or with the partition), and every statement of a batch touches the customers of one partition, so Citus or a
PostgreSQL partitioned by customer can place them unchanged; a batch's transaction then spans the node of its offsets and
those of its customers. That last step was not measured here: one machine with two cores cannot show it.`;
}

function count(value) {
  return Math.round(value).toLocaleString('en-US');
}

function round(value) {
  return String(Number(value.toPrecision(2)));
}

function size(bytes) {
  return bytes >= 1e12 ? `${round(bytes / 1e12)} TB` : `${round(bytes / 1e9)} GB`;
}
