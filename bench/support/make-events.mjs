// Seeded streams of events as bytes, as producers send them: skewed or uniform over customers, a share of them copies, in
// the partitions where they belong. The bytes are made before anything is timed.

import { customerIdOf, moodOf } from './seed-customers.mjs';

const SPREAD_MS = 2 * 3_600_000;
const COPIES = 0.01;
const COPY_REACH = 4_000;
const SOURCES = ['physiology', 'voice', 'face'];
const LABELS = ['calm', 'worry', 'joy', 'frustration'];
const MERCHANTS = ['5411', '5812', '5541', '4111'];

/** Draws ranks from 1 to `count`: rank r with a weight of 1 / r, or all alike. */
export function createRankSampler(count, random, skewed) {
  if (!skewed) return () => 1 + Math.floor(random() * count);
  const cumulated = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += 1 / (i + 1);
    cumulated[i] = sum;
  }
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulated[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

/** `next(count)` gives `{ values, distinct, nowMs }`: the bytes of new events by partition, and how many are no copies. */
export function createEventSource({ product, topic, partitions, customers, random, skewed = true }) {
  const drawRank = createRankSampler(customers, random, skewed);
  const recent = Array.from({ length: partitions }, () => []);
  const shape = SHAPES[topic];
  const places = new Map();

  function partitionOfRank(rank) {
    let place = places.get(rank);
    if (place === undefined) {
      place = product.partitionOf(customerIdOf(rank), partitions);
      places.set(rank, place);
    }
    return place;
  }

  return {
    next(count, nowMs = Date.now()) {
      const values = Array.from({ length: partitions }, () => []);
      let distinct = 0;
      for (let i = 0; i < count; i++) {
        const rank = drawRank();
        const partition = partitionOfRank(rank);
        const memory = recent[partition];
        const isCopy = random() < COPIES && memory.length > 0;
        const value = isCopy
          ? memory[Math.floor(random() * memory.length)]
          : Buffer.from(JSON.stringify(makeEvent(product, shape, rank, random, nowMs)));
        if (!isCopy) {
          distinct += 1;
          if (memory.length < COPY_REACH) memory.push(value);
          else memory[Math.floor(random() * COPY_REACH)] = value;
        }
        values[partition].push(value);
      }
      return { values, distinct, nowMs };
    },
  };
}

function makeEvent(product, { type, source, makeData }, rank, random, nowMs) {
  return {
    specversion: '1.0',
    id: product.makeId(),
    source,
    type,
    subject: customerIdOf(rank),
    time: new Date(nowMs - Math.floor(random() * SPREAD_MS)).toISOString(),
    datacontenttype: 'application/json',
    data: makeData(rank, random),
  };
}

const SHAPES = {
  'ecs.emotions.v1': { type: 'ecs.emotion.v1', source: 'urn:bench:wearable', makeData: makeEmotion },
  'ecs.transactions.v1': { type: 'ecs.transaction.v1', source: 'urn:bench:core-banking', makeData: makeTransaction },
};

/** Four of five readings are measured in full, most others without stress, one in twenty is a word alone. */
function makeEmotion(rank, random) {
  const kind = random();
  const confidence = toHundredths(0.5 + random() / 2);
  if (kind < 0.05) return { label: pick(LABELS, random), confidence, source: 'self_report' };
  const mood = moodOf(rank);
  const valence = toThousandths(clamp(mood.valence + (random() - 0.5) * 0.6, -1, 1));
  const arousal = toThousandths(random() * 1.2 - 0.6);
  const source = pick(SOURCES, random);
  if (kind < 0.2) return { valence, arousal, confidence, source };
  const stress = toThousandths(clamp(mood.stress + (random() - 0.5) * 0.4, 0, 1));
  return { valence, arousal, stress, confidence, source };
}

function makeTransaction(_rank, random) {
  const kind = random();
  if (kind < 0.02) return { type: 'income', amountMinor: 100_000 + Math.floor(random() * 300_000), currency: 'EUR' };
  if (kind < 0.1) return { type: 'payment', amountMinor: 1_000 + Math.floor(random() * 50_000), currency: 'EUR' };
  const amountMinor = 100 + Math.floor(random() * random() * 30_000);
  return { type: 'purchase', amountMinor, currency: 'EUR', merchantCategory: pick(MERCHANTS, random) };
}

function pick(list, random) {
  return list[Math.floor(random() * list.length)];
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

function toHundredths(value) {
  return Math.round(value * 100) / 100;
}

function toThousandths(value) {
  return Math.round(value * 1000) / 1000;
}
