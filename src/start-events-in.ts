// Wires the ways in: the fold of every topic, the road the installation takes, and who may hand events to it.

import { createEmotionHandler, createThoughtHandler } from './affect/index.ts';
import type { KafkaConfig } from './config.ts';
import { createKafkaProducer } from './events/kafka-client.ts';
import {
  createHttpRoad,
  createIngest,
  createIngestMetrics,
  createKafkaEventProducer,
  createKafkaRoad,
  createTopicRelay,
  type EventSubmit,
  HTTP_CONSUMER_GROUP,
  type Ingest,
  type IngestHandlers,
  type IngestMetrics,
  type Installation,
  toHttpRoad,
} from './ingest/index.ts';
import { createStatementHandler, createTransactionHandler, saveCustomerProfiles } from './ledger/index.ts';
import { assert } from './lib/assert.ts';
import { DAY_MS, systemClock } from './lib/clock.ts';
import { EcsError } from './lib/errors.ts';
import { makeId } from './lib/ids.ts';
import { createOutcomeHandler } from './monitoring/index.ts';
import type { System } from './open-system.ts';
import type { Part } from './part.ts';
import { createCustomerHandler, recordConsents } from './privacy/index.ts';

export interface EventsIn {
  /** In the order in which they start; they stop the other way round. */
  readonly parts: readonly Part[];
  readonly submit: EventSubmit;
}

export interface EventsInOptions {
  readonly system: System;
  readonly installation: Installation;
  /** Does this process count events? */
  readonly ingests: boolean;
  /** Does this process carry dead letters and misplaced events to their topics? */
  readonly relays: boolean;
  readonly onFatal: (error: EcsError) => void;
}

export function wireEventsIn(options: EventsInOptions): EventsIn {
  return options.system.config.kafka === null ? wireHttp(options) : wireKafka(options);
}

function makeHandlers({ policies, config }: System): IngestHandlers {
  const { triggers } = policies;
  return {
    'ecs.emotions.v1': createEmotionHandler({ triggers }),
    'ecs.thoughts.v1': createThoughtHandler({ triggers }),
    'ecs.transactions.v1': createTransactionHandler({ triggers }),
    'ecs.statements.v1': createStatementHandler(),
    'ecs.outcomes.v1': createOutcomeHandler(),
    'ecs.customers.v1': createCustomerHandler({
      saveProfiles: saveCustomerProfiles,
      recordConsents: (tx, changes, nowMs) =>
        recordConsents(tx, changes, nowMs, { kafka: config.kafka !== null, makeId }),
    }),
  };
}

export function makeIngest(
  { system, installation }: EventsInOptions,
  consumerGroup: string,
  metrics: IngestMetrics,
): Ingest {
  return createIngest({
    pool: system.pool,
    handlers: makeHandlers(system),
    consumerGroup,
    deadLetterTopic: system.config.kafka !== null,
    makeId,
    partitions: installation.partitions,
    horizonMs: system.config.lateEventHorizonDays * DAY_MS,
    fingerprintSeed: installation.fingerprintSeed,
    clock: systemClock,
    metrics,
  });
}

function wireHttp(options: EventsInOptions): EventsIn {
  const { system, installation } = options;
  if (!options.ingests) return { parts: [], submit: refuseEvents };
  const road = createHttpRoad({
    ingest: makeIngest(options, HTTP_CONSUMER_GROUP, createIngestMetrics(system.metrics)),
    pool: system.pool,
    partitions: installation.partitions,
    clock: systemClock,
    log: system.log,
  });
  const relay = createTopicRelay({ pool: system.pool, publish: toHttpRoad(road.submit), log: system.log });
  const ready = () => {
    const { state, error } = road.status();
    return state === 'running' ? null : (error?.code ?? state);
  };
  return {
    parts: [
      { role: 'ingest', start: () => road.start(), stop: () => road.stop(), ready },
      { role: 'ingest', start: async () => relay.start(), stop: () => relay.stop() },
    ],
    submit: road.submit,
  };
}

function wireKafka(options: EventsInOptions): EventsIn {
  const { system } = options;
  const { kafka } = system.config;
  assert(kafka !== null, 'the Kafka road is wired where Kafka is configured');
  const events = createKafkaEventProducer(kafka);
  const producer: Part = { role: 'api', start: async () => {}, stop: () => events.stop() };
  const parts = [producer];
  if (options.ingests) parts.push(kafkaRoadPart(options, kafka));
  if (options.relays) parts.push(topicRelayPart(system, kafka));
  return { parts, submit: events.submit };
}

function kafkaRoadPart(options: EventsInOptions, kafka: KafkaConfig): Part {
  const { system, installation } = options;
  const metrics = createIngestMetrics(system.metrics);
  const road = createKafkaRoad({
    ingest: makeIngest(options, kafka.consumerGroup, metrics),
    pool: system.pool,
    kafka,
    partitions: installation.partitions,
    clock: systemClock,
    random: Math.random,
    log: system.log,
    metrics,
    onStalled: options.onFatal,
  });
  const ready = () => {
    const { state, error, partitions } = road.status();
    if (state !== 'running') return error?.code ?? state;
    return partitions.find((partition) => partition.stopped !== null)?.stopped?.code ?? null;
  };
  return { role: 'ingest', start: () => road.start(), stop: () => road.stop(), ready };
}

function topicRelayPart(system: System, kafka: KafkaConfig): Part {
  const producer = createKafkaProducer(kafka);
  const relay = createTopicRelay({ pool: system.pool, publish: producer.send, log: system.log });
  const stop = async () => {
    await relay.stop();
    await producer.stop();
  };
  return { role: 'relay', start: async () => relay.start(), stop };
}

const refuseEvents: EventSubmit = async () => {
  throw new EcsError(
    'ECS_INGEST_LEASE_HELD',
    'This process does not count events, and there is no Kafka to hand them to. Send them to the process with the role ingest.',
  );
};
