// Waits until the ingest processes have counted everything up to given places in the topics. A wait that stands still
// ends with an error instead of lasting for ever.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, MINUTE_MS } from '../lib/clock.ts';
import { EcsError } from '../lib/errors.ts';

export interface TopicPosition {
  readonly topic: string;
  readonly partition: number;
  /** One past the last record that counts. */
  readonly nextOffset: number;
}

export interface CountedWait {
  /** Where counting must have come to. */
  readonly ends: readonly TopicPosition[];
  readonly loadCounted: () => Promise<readonly TopicPosition[]>;
  /** Told how many records are left, at every look. */
  readonly onWait: (left: number) => void;
  readonly clock: Clock;
  readonly stallMs?: number;
  readonly pollMs?: number;
}

const POLL_MS = 200;

export async function waitUntilCounted(wait: CountedWait): Promise<void> {
  const { clock, stallMs = MINUTE_MS, pollMs = POLL_MS } = wait;
  let fewest = Number.POSITIVE_INFINITY;
  let movedMs = clock();
  for (;;) {
    const left = countLeft(wait.ends, await wait.loadCounted());
    if (left === 0) return;
    wait.onWait(left);
    if (left < fewest) {
      fewest = left;
      movedMs = clock();
    }
    if (clock() - movedMs > stallMs) throw stalled(left, stallMs);
    await sleep(pollMs);
  }
}

/** A partition that nobody has read yet stands at its beginning. */
function countLeft(ends: readonly TopicPosition[], counted: readonly TopicPosition[]): number {
  const keyOf = ({ topic, partition }: TopicPosition) => `${topic}/${partition}`;
  const positions = new Map(counted.map((position) => [keyOf(position), position.nextOffset]));
  return ends.reduce((left, end) => left + Math.max(0, end.nextOffset - (positions.get(keyOf(end)) ?? 0)), 0);
}

function stalled(left: number, stallMs: number): EcsError {
  return new EcsError(
    'ECS_INGEST_STALLED',
    `${left} events wait in Kafka and none was counted for ${Math.round(stallMs / 1000)} seconds. Is an ECS with the role ingest running on this database (\`ecs start --roles ingest\`)? Its log or \`ecs doctor\` tells what it waits for.`,
    { facts: { left } },
  );
}
