// The Kafka broker of a fault run: one door for the load and the checkers, and for every ECS process a door of its own
// that is advertised as its proxy's port. Killed and started again on its data.
import { findFreePort, type KafkaListener, type RunningKafka, startKafka } from '../../../scripts/kafka-launcher.mjs';

export interface FaultBroker {
  readonly brokers: string[];
  /** Kills and starts again; resolves with the moment from which groups can be joined. */
  killAndRestart(): Promise<number>;
  stop(): Promise<void>;
}

export async function reserveDoors(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await findFreePort(ports));
  return ports;
}

export async function startFaultBroker(dir: string, listeners: readonly KafkaListener[]): Promise<FaultBroker> {
  let broker: RunningKafka = await startKafka({ dir, listeners, temporary: false });
  const { port, brokers } = broker;
  return {
    brokers,
    async killAndRestart() {
      await broker.kill();
      broker = await startKafka({ dir, port, listeners, temporary: false });
      return Date.now();
    },
    stop: () => broker.kill(),
  };
}
