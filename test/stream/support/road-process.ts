// A process that reads the stream until it kills itself at a named point of its n-th batch: no handler, no rollback, no
// goodbye. Run with `node --import scripts/register-typescript.mjs`.
import { createPool } from '../../../src/db/index.ts';
import { createKafkaRoad, type Ingest, type IngestHandlers } from '../../../src/ingest/index.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLog } from '../../../src/lib/log.ts';
import { makeHandlers, makeIngest, PARTITIONS } from '../../support/ingest-world.ts';

export type KillPoint = 'before_fold' | 'after_fold' | 'after_commit';

interface Order {
  readonly connectionString: string;
  readonly brokers: string[];
  readonly kafkaGroup: string;
  readonly consumerGroup: string;
  readonly killPoint: KillPoint;
  /** Which batch is the last, counted from 1. */
  readonly killAt: number;
}

const order: Order = JSON.parse(process.env.ROAD_ORDER ?? '{}');
let batches = 0;

function dieAt(point: KillPoint): void {
  if (point === order.killPoint && batches >= order.killAt) process.kill(process.pid, 'SIGKILL');
}

function makeMortalHandlers(): IngestHandlers {
  const handlers = makeHandlers();
  const fold = handlers['ecs.emotions.v1'];
  return {
    ...handlers,
    'ecs.emotions.v1': async (tx, events, nowMs) => {
      batches++;
      dieAt('before_fold');
      const result = await fold(tx, events, nowMs);
      dieAt('after_fold');
      return result;
    },
  };
}

const pool = createPool({ connectionString: order.connectionString });
const ingest = makeIngest(pool, { consumerGroup: order.consumerGroup, handlers: makeMortalHandlers() });
const mortal: Ingest = {
  ...ingest,
  async ingestBatch(batch, ownerEpoch) {
    const outcome = await ingest.ingestBatch(batch, ownerEpoch);
    dieAt('after_commit');
    return outcome;
  },
};

await createKafkaRoad({
  ingest: mortal,
  pool,
  kafka: {
    brokers: order.brokers,
    clientId: 'mortal',
    ssl: false,
    sasl: null,
    consumerGroup: order.kafkaGroup,
    createTopics: false,
  },
  partitions: PARTITIONS,
  clock: systemClock,
  random: Math.random,
  log: createLog('silent'),
  onStalled: () => {},
}).start();
