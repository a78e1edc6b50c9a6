// The numbers of ingest, by topic: what was counted, what was left out and why, and how far behind each partition is.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { IngestOutcome } from './incoming.ts';

export interface PartitionNumbers {
  readonly topic: string;
  readonly partition: number;
  /** Records between the next offset and the end of the log; null while that is not known. */
  readonly lag: number | null;
  readonly stopped: boolean;
}

export interface IngestMetrics {
  countBatch(topic: string, outcome: IngestOutcome, seconds: number): void;
  /** Replaces what was said about partitions before. */
  setPartitions(partitions: readonly PartitionNumbers[]): void;
}

export function createIngestMetrics(registry: Registry): IngestMetrics {
  const counters = createCounters(registry);
  const gauges = createGauges(registry);
  return {
    countBatch(topic, outcome, seconds) {
      counters.batches.observe({ topic }, seconds);
      counters.counted.inc({ topic }, outcome.counted);
      counters.duplicates.inc({ topic }, outcome.duplicates);
      counters.misplaced.inc({ topic }, outcome.misplaced);
      for (const [cause, events] of Object.entries(outcome.dropped)) counters.dropped.inc({ topic, cause }, events);
      for (const [code, events] of Object.entries(outcome.deadLetters))
        counters.deadLetters.inc({ topic, code }, events);
    },
    setPartitions(partitions) {
      gauges.lag.reset();
      gauges.stopped.reset();
      for (const { topic, partition, lag, stopped } of partitions) {
        if (lag !== null) gauges.lag.set({ topic, partition }, lag);
        gauges.stopped.set({ topic, partition }, stopped ? 1 : 0);
      }
    },
  };
}

function createCounters(registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames, registers });
  return {
    counted: counter('ecs_ingest_events_total', 'Events that entered the state.', ['topic']),
    duplicates: counter('ecs_ingest_duplicates_total', 'Copies of events that were counted before.', ['topic']),
    dropped: counter('ecs_ingest_dropped_total', 'Events left out without being wrong, by cause.', ['topic', 'cause']),
    deadLetters: counter('ecs_ingest_dead_letters_total', 'Records that cannot be counted, by code.', [
      'topic',
      'code',
    ]),
    misplaced: counter(
      'ecs_ingest_misplaced_total',
      "Events found in a partition that is not their customer's and sent back: check the partitioner of the producer.",
      ['topic'],
    ),
    batches: new Histogram({
      name: 'ecs_ingest_batch_seconds',
      help: 'Time from a batch at hand to its commit.',
      labelNames: ['topic'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
  };
}

function createGauges(registry: Registry) {
  const registers = [registry];
  return {
    lag: new Gauge({
      name: 'ecs_ingest_lag',
      help: 'Records between what was counted and the end of the log.',
      labelNames: ['topic', 'partition'],
      registers,
    }),
    stopped: new Gauge({
      name: 'ecs_ingest_partition_stopped',
      help: '1 while a partition is stopped by an error that needs a person, see its name in the status.',
      labelNames: ['topic', 'partition'],
      registers,
    }),
  };
}
