// The numbers of delivery: what came of attempts, what waits, what died, and how long the oldest has waited.
import { Counter, Gauge, type Registry } from 'prom-client';
import { type Queryable, toEcsError } from '../db/index.ts';
import { isEcsError } from '../lib/errors.ts';
import type { DestinationKind } from './delivery.ts';
import { type DeliveryCounts, loadDeliveryCounts } from './load-delivery-counts.ts';

export type CountedResult = 'delivered' | 'failed' | 'dead' | 'claim_lost';

export interface NotifyMetrics {
  count(kind: DestinationKind, result: CountedResult, events: number): void;
}

/** `pool` is asked when the numbers are read, at most once for all gauges. */
export function createNotifyMetrics(registry: Registry, pool: Queryable): NotifyMetrics {
  const attempts = new Counter({
    name: 'ecs_deliveries_total',
    help: 'Deliveries by destination kind and result: delivered, failed (tried again later), dead, claim_lost.',
    labelNames: ['destination', 'result'],
    registers: [registry],
  });
  const load = shareLoad(pool);
  addGauge(registry, load, 'ecs_deliveries_pending', 'Events waiting to be delivered.', (row) => row.pending);
  addGauge(registry, load, 'ecs_deliveries_dead', 'Dead letters of destinations.', (row) => row.dead);
  addGauge(
    registry,
    load,
    'ecs_delivery_oldest_pending_age_seconds',
    'How long the oldest pending event has waited.',
    (row) => row.oldestPendingSeconds,
  );
  return {
    count(kind, result, events) {
      if (events > 0) attempts.inc({ destination: kind, result }, events);
    },
  };
}

type Load = () => Promise<DeliveryCounts[]>;

function addGauge(
  registry: Registry,
  load: Load,
  name: string,
  help: string,
  read: (row: DeliveryCounts) => number,
): void {
  new Gauge({
    name,
    help,
    labelNames: ['destination'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const row of await load()) this.set({ destination: row.kind }, read(row));
    },
  });
}

/** The gauges of one reading share one statement. Without a database they have no value, rather than an old one. */
function shareLoad(pool: Queryable): Load {
  let loading: Promise<DeliveryCounts[]> | undefined;
  return () => {
    loading ??= loadDeliveryCounts(pool)
      .catch((raw: unknown) => {
        const error = toEcsError(raw);
        if (isEcsError(error)) return [];
        throw error;
      })
      .finally(() => {
        loading = undefined;
      });
    return loading;
  };
}
