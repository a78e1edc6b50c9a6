// A broker as far as ECS relies on it: partitions that only grow, and a group whose members learn late what is theirs. A
// member that is paused goes on believing what it believed.
import type { InputTopic } from '../../src/events/topics.ts';
import type { IncomingRecord } from '../../src/ingest/index.ts';
import type { SimulatedProcess } from './scheduler.ts';

export interface Place {
  readonly topic: InputTopic;
  readonly partition: number;
}

export const placeName = ({ topic, partition }: Place) => `${topic}/${partition}`;

export interface SimulatedBroker {
  readonly places: readonly Place[];
  log(place: Place): readonly IncomingRecord[];
  append(place: Place, value: Buffer, headers: Readonly<Record<string, string>>, nowMs: number): void;
  join(process: SimulatedProcess): void;
  leave(process: SimulatedProcess): void;
  /** Gives the partitions out anew among the members; `turn` decides who gets which. */
  rebalance(turn: number): void;
  owns(process: SimulatedProcess, place: Place): boolean;
  readonly generation: number;
}

export function createSimulatedBroker(places: readonly Place[]): SimulatedBroker {
  const logs = new Map<string, IncomingRecord[]>(places.map((place) => [placeName(place), []]));
  const owners = new Map<string, SimulatedProcess>();
  let members: SimulatedProcess[] = [];
  let generation = 0;

  function rebalance(turn: number): void {
    generation++;
    owners.clear();
    places.forEach((place, index) => {
      const owner = members[(index + turn) % Math.max(members.length, 1)];
      if (owner !== undefined) owners.set(placeName(place), owner);
    });
  }

  return {
    places,
    log: (place) => logs.get(placeName(place)) ?? [],
    append(place, value, headers, nowMs) {
      const log = logs.get(placeName(place));
      if (log === undefined) throw new Error(`bug: no such partition: ${placeName(place)}`);
      log.push({ offset: log.length, value, headers, acceptedAtMs: nowMs });
    },
    join(process) {
      members.push(process);
      rebalance(generation);
    },
    leave(process) {
      members = members.filter((member) => member !== process);
      rebalance(generation);
    },
    rebalance,
    owns: (process, place) => owners.get(placeName(place)) === process,
    get generation() {
      return generation;
    },
  };
}
