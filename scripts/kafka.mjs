// `npm run kafka`: a real Kafka broker in the foreground, on 127.0.0.1:9092 (or KAFKA_PORT), data kept in .ecs/kafka
// (or, with --temp, in a folder that goes when it stops). Ctrl-C stops it in order.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { KafkaLauncherError } from './kafka-jars.mjs';
import { startKafka } from './kafka-launcher.mjs';

const USAGE = `Usage: npm run kafka [-- --temp]
  --temp       keep the data in a temporary folder and remove it at the end
  KAFKA_PORT   the port on 127.0.0.1 (default 9092, 0 takes a free one)
  ECS_DATA_DIR the data folder (default .ecs); Kafka keeps its data in kafka/ below it`;

function readArguments() {
  const known = process.argv.slice(2).every((argument) => argument === '--temp');
  const port = Number(process.env.KAFKA_PORT ?? 9092);
  if (!known || !Number.isInteger(port) || port < 0 || port > 65_535) throw new KafkaLauncherError(USAGE);
  return { temporary: process.argv.includes('--temp'), port };
}

async function main() {
  const { temporary, port } = readArguments();
  const dir = temporary
    ? mkdtempSync(join(tmpdir(), 'ecs-kafka-'))
    : resolve(process.env.ECS_DATA_DIR || '.ecs', 'kafka');
  const stopAsked = new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => done());
  });
  const kafka = await startKafka({ dir, port, temporary, log: console.log });
  console.log(`Kafka answers on ${kafka.brokers[0]} (data in ${dir}). Ctrl-C stops it.`);
  console.log(`In another terminal: KAFKA_BROKERS=${kafka.brokers[0]} npm start`);
  const ended = await Promise.race([stopAsked, kafka.exited]);
  await kafka.stop();
  if (temporary) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  if (ended)
    throw new KafkaLauncherError(
      `Kafka ended by itself (${ended.signal ?? `code ${ended.code}`}); its log: ${dir}/kafka.log`,
    );
  console.log('Kafka has stopped.');
}

try {
  await main();
} catch (error) {
  console.error(error instanceof KafkaLauncherError ? error.message : error);
  process.exitCode = 1;
}
