// Starts a real, single-node Apache Kafka without Docker: Maven fetches the jars that kafka/pom.xml pins, Java runs them
// on 127.0.0.1. For `npm run kafka` and the tests; ECS itself never needs it. Data in `dir` survives stop, kill and start.

import { spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fetchKafka, findJava, KafkaLauncherError } from './kafka-jars.mjs';
import { answers, canJoinGroups } from './kafka-probe.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
// A small heap and the quick compiler only: up in two seconds, about 350 MB, fast enough for 800k events a second.
const JVM_FLAGS = ['-Xmx768m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];

/**
 * Starts the broker and resolves once it answers. `port` 0 takes a free one. With `diesWith` (a process id) the broker
 * is stopped when that process ends, however it ends; with `temporary` its folder then goes too. Each of `listeners`
 * (`name`, `port`, `advertisedPort`) is one more door: who comes in by it is sent to its advertised port, a proxy's.
 */
export async function startKafka({
  dir,
  port = 0,
  props = {},
  listeners = [],
  diesWith = process.pid,
  temporary = false,
  log,
}) {
  const lib = fetchKafka({ log });
  const java = findJava();
  mkdirSync(dir, { recursive: true });
  const place = await choosePorts(
    dir,
    port,
    listeners.map((listener) => listener.port),
  );
  const files = writeConfig(dir, place, props, listeners);
  const classPath = join(lib, '*');
  formatStorage(java, classPath, dir, place.clusterId, files.properties);
  const child = spawnBroker(java, classPath, dir, files);
  guard(child.pid, diesWith, temporary ? dir : '');
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  await waitUntilItAnswers(place.port, exited, files);
  return {
    brokers: [`127.0.0.1:${place.port}`],
    port: place.port,
    dir,
    pid: child.pid,
    exited,
    stop: () => endProcess(child, exited, 'SIGTERM'),
    kill: () => endProcess(child, exited, 'SIGKILL'),
    unref: () => child.unref(),
  };
}

// The quorum's own port is written into the metadata log when the folder is formatted, so it is kept beside the data.
async function choosePorts(dir, wanted, doors) {
  const file = join(dir, 'place.json');
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const port = wanted === 0 ? await findFreePort(doors) : wanted;
  if (!(await isFree(port))) {
    throw new KafkaLauncherError(`Port ${port} on 127.0.0.1 is taken. Stop what listens there or set KAFKA_PORT.`);
  }
  const controllerPort = kept?.controllerPort ?? (await findFreePort([port, ...doors]));
  if (!(await isFree(controllerPort))) {
    throw new KafkaLauncherError(
      `Port ${controllerPort} on 127.0.0.1, which the data in ${dir} is tied to, is taken. Is this broker already running?`,
    );
  }
  // Kafka's command line would take an id that starts with a dash for an option.
  const clusterId = kept?.clusterId ?? `e${randomBytes(16).toString('base64url').slice(1)}`;
  const place = { port, controllerPort, clusterId };
  writeFileSync(file, JSON.stringify(place));
  return place;
}

function writeConfig(dir, place, props, listeners) {
  const doors = (portOf) => listeners.map((listener) => `,${listener.name}://127.0.0.1:${portOf(listener)}`).join('');
  const own = `PLAINTEXT://127.0.0.1:${place.port},CONTROLLER://127.0.0.1:${place.controllerPort}`;
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${place.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `${own}${doors((listener) => listener.port)}`,
    'advertised.listeners': `${own}${doors((listener) => listener.advertisedPort)}`,
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${listeners.map(({ name }) => `,${name}:PLAINTEXT`).join('')}`,
    'log.dirs': join(dir, 'data').replaceAll('\\', '/'),
    'auto.create.topics.enable': false,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 2,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    // After a kill the same broker is refused until its last session is over: three seconds instead of nine.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    // Kafka's own default, said aloud: a larger one here would hide what a lender's broker refuses.
    'message.max.bytes': 1_048_588,
    ...props,
  };
  const files = {
    properties: join(dir, 'server.properties'),
    log: join(dir, 'kafka.log'),
    output: join(dir, 'kafka.out'),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(files.properties, lines.join(''));
  return files;
}

function formatStorage(java, classPath, dir, clusterId, properties) {
  if (existsSync(join(dir, 'data', 'meta.properties'))) return;
  const args = [
    '-cp',
    classPath,
    'kafka.tools.StorageTool',
    'format',
    '-t',
    clusterId,
    '-c',
    properties,
    '--standalone',
  ];
  const done = spawnSync(java, [...JVM_FLAGS, `-Decs.kafka.log=${join(dir, 'format.log')}`, logConfig(), ...args], {
    encoding: 'utf8',
    timeout: START_TIMEOUT_MS,
  });
  if (done.status === 0) return;
  throw new KafkaLauncherError(`Kafka could not format ${dir}:\n${`${done.stdout ?? ''}${done.stderr ?? ''}`.trim()}`);
}

function logConfig() {
  return `-Dlog4j2.configurationFile=${join(ROOT, 'kafka', 'log4j2.properties')}`;
}

// In a process group of its own: a Ctrl-C in the terminal goes to whoever started the broker, who then stops it in order.
function spawnBroker(java, classPath, dir, files) {
  const output = openSync(files.output, 'w');
  try {
    return spawn(
      java,
      [...JVM_FLAGS, `-Decs.kafka.log=${files.log}`, logConfig(), '-cp', classPath, 'kafka.Kafka', files.properties],
      { cwd: dir, detached: true, stdio: ['ignore', output, output] },
    );
  } finally {
    closeSync(output);
  }
}

function guard(brokerPid, diesWith, folder) {
  const script = join(ROOT, 'scripts', 'kafka-guard.mjs');
  const env = { ...process.env, NODE_OPTIONS: '' };
  spawn(process.execPath, [script, `${brokerPid}`, `${diesWith}`, folder], {
    detached: true,
    stdio: 'ignore',
    env,
  }).unref();
}

async function waitUntilItAnswers(port, exited, files) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let gone = false;
  void exited.then(() => {
    gone = true;
  });
  while (!gone && Date.now() < deadline) {
    if ((await answers(port)) && (await canJoinGroups(port))) return;
    await sleep(100);
  }
  const said = [files.output, files.log].map((file) =>
    existsSync(file) ? readFileSync(file, 'utf8').slice(-3000) : '',
  );
  throw new KafkaLauncherError(
    `Kafka ${gone ? 'ended while starting' : 'did not answer in time'}:\n${said.join('').trim()}`,
  );
}

async function endProcess(child, exited, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(late);
}

// Below what Linux and macOS hand out by themselves: a port that is looked up now and used in a moment is not given to
// somebody's connection in between.
const FIRST_PORT = 20_000;
const PORTS = 12_000;

/** One that nobody listens on and that is not among `reserved`, where nobody listens yet either. */
export async function findFreePort(reserved = []) {
  for (;;) {
    const port = FIRST_PORT + randomInt(PORTS);
    if (!reserved.includes(port) && (await isFree(port))) return port;
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
