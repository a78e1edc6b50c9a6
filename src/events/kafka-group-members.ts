// Who is in a consumer group, and how a member that has died is taken out of it before its session is over. Any client may
// do both: Kafka lets whoever may read as a group leave it for another member.
import {
  type Cluster,
  type Consumer,
  type GroupDescriptions,
  type PartitionAssigner,
  PartitionAssigners,
} from 'kafkajs';
import { assert } from '../lib/assert.ts';
import { connectKafka, type KafkaSettings, toKafkaError } from './kafka-client.ts';

export interface GroupMember {
  /** Given by the broker at each joining, never again to another one. */
  readonly memberId: string;
  readonly clientId: string;
}

export interface KafkaGroupMembers {
  load(): Promise<GroupMember[]>;
  /** One that is not in the group any more is no error. */
  remove(members: readonly GroupMember[]): Promise<void>;
}

/** The library's broker, with what its types leave out. */
interface Coordinator {
  describeGroups(asked: { groupIds: string[] }): Promise<GroupDescriptions>;
  leaveGroup(leaving: { groupId: string; memberId: string }): Promise<unknown>;
}

export function createKafkaGroupMembers(settings: KafkaSettings, groupId: string): KafkaGroupMembers {
  return {
    load: () => askCoordinator(settings, groupId, (coordinator) => loadMembers(coordinator, groupId)),
    remove: (members) =>
      askCoordinator(settings, groupId, async (coordinator) => {
        for (const { memberId } of members) await leaveFor(coordinator, groupId, memberId);
      }),
  };
}

/**
 * On a connection of its own: a broker answers one request of a connection after the other, and the consumer's own may wait
 * in it for just the member that has died.
 */
async function askCoordinator<T>(
  settings: KafkaSettings,
  groupId: string,
  ask: (coordinator: Coordinator) => Promise<T>,
): Promise<T> {
  const { consumer, cluster } = createLine(settings, groupId);
  try {
    try {
      await consumer.connect();
      const coordinator: unknown = await cluster.findGroupCoordinator({ groupId });
      return await ask(coordinator as Coordinator);
    } finally {
      await consumer.disconnect();
    }
  } catch (error) {
    throw toKafkaError(error);
  }
}

/** The library shows its coordinator to assigners only. This consumer is never run, so it joins nothing. */
function createLine(settings: KafkaSettings, groupId: string): { consumer: Consumer; cluster: Cluster } {
  const shown: Cluster[] = [];
  const showCluster: PartitionAssigner = (config) => {
    shown.push(config.cluster);
    return PartitionAssigners.roundRobin(config);
  };
  const consumer = connectKafka(settings).consumer({ groupId, partitionAssigners: [showCluster] });
  const [cluster] = shown;
  assert(cluster !== undefined, 'the client library makes its assigners when it makes a consumer');
  return { consumer, cluster };
}

async function loadMembers(coordinator: Coordinator, groupId: string): Promise<GroupMember[]> {
  const { groups } = await coordinator.describeGroups({ groupIds: [groupId] });
  return groups.flatMap(({ members }) => members.map(({ memberId, clientId }) => ({ memberId, clientId })));
}

async function leaveFor(coordinator: Coordinator, groupId: string, memberId: string): Promise<void> {
  try {
    await coordinator.leaveGroup({ groupId, memberId });
  } catch (error) {
    const isGone = error instanceof Error && 'type' in error && error.type === 'UNKNOWN_MEMBER_ID';
    if (!isGone) throw error;
  }
}
