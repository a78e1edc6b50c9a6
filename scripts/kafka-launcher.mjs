// Starts a real, single-node Apache Kafka without Docker: Maven fetches the jars that kafka/pom.xml pins, Java runs them
// on 127.0.0.1. For `npm run kafka` and the tests; ECS itself never needs it. Data in `dir` survives stop, kill and start.

import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const POM = join(ROOT, 'kafka', 'pom.xml');
const CACHE = join(ROOT, '.cache', 'kafka');
const OLDEST_JAVA = 17;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
// A small heap and the quick compiler only: up in two seconds, about 350 MB, fast enough for 800k events a second.
const JVM_FLAGS = ['-Xmx768m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];

/** Trouble whose message alone is meant for a person: what is missing and how to get it. */
export class KafkaLauncherError extends Error {
  name = 'KafkaLauncherError';
}

/** Throws unless Java 17 or newer is there; returns the command to run it. */
export function findJava() {
  const home = process.env.JAVA_HOME;
  const java = home ? join(home, 'bin', 'java') : 'java';
  const found = spawnSync(java, ['-version'], { encoding: 'utf8' });
  const version = /version "(\d+)/.exec(`${found.stderr ?? ''}${found.stdout ?? ''}`)?.[1];
  if (found.error || version === undefined) {
    const where = home ? ` (JAVA_HOME is ${home})` : '';
    throw new KafkaLauncherError(
      `Kafka needs Java ${OLDEST_JAVA} or newer, and \`${java}\` does not run${where}.\n${howToInstall()}`,
    );
  }
  if (Number(version) < OLDEST_JAVA) {
    throw new KafkaLauncherError(
      `Kafka needs Java ${OLDEST_JAVA} or newer; \`${java}\` is Java ${version}.\n${howToInstall()}`,
    );
  }
  return java;
}

/** Are the pinned jars already here? */
export function isKafkaFetched() {
  const stamp = join(CACHE, 'lib', '.pom-sha256');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === pomHash();
}

/** Makes sure the pinned jars are here, and returns their folder. Safe to call from several processes at once. */
export function fetchKafka({ log = () => {} } = {}) {
  const lib = join(CACHE, 'lib');
  if (isKafkaFetched()) return lib;
  findJava();
  const maven = process.platform === 'win32' ? 'mvn.cmd' : 'mvn';
  const shell = process.platform === 'win32';
  if (spawnSync(maven, ['--version'], { shell, stdio: 'ignore' }).status !== 0) {
    throw new KafkaLauncherError(`Fetching Kafka needs Maven once, and \`mvn\` does not run.\n${howToInstall()}`);
  }
  log('Fetching Apache Kafka 4.3.0 with Maven, once (43 MB) ...');
  const fresh = join(CACHE, `lib-${process.pid}`);
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const args = ['-q', '-B', '-ntp', '-f', POM, 'dependency:copy-dependencies', `-Dkafka.lib=${fresh}`];
  const fetched = spawnSync(maven, args, { encoding: 'utf8', shell, timeout: 600_000 });
  if (fetched.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new KafkaLauncherError(`Maven could not fetch Kafka:\n${`${fetched.stdout}${fetched.stderr}`.trim()}`);
  }
  writeFileSync(join(fresh, '.pom-sha256'), pomHash());
  putInPlace(fresh, lib);
  return lib;
}

// Another process may have put the same jars there in the meantime: then ours are not needed.
function putInPlace(fresh, lib) {
  try {
    if (!isKafkaFetched()) rmSync(lib, { recursive: true, force: true });
    renameSync(fresh, lib);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!isKafkaFetched()) throw error;
  }
}

function pomHash() {
  return createHash('sha256').update(readFileSync(POM)).digest('hex');
}

function howToInstall() {
  return [
    'Install both, for example:',
    '  Debian, Ubuntu:  apt-get install openjdk-17-jre-headless maven',
    '  macOS:           brew install openjdk maven',
    'or point KAFKA_BROKERS at a broker that already runs.',
  ].join('\n');
}

/**
 * Starts the broker and resolves once it answers. `port` 0 takes a free one. With `diesWith` (a process id) the broker
 * is stopped when that process ends, however it ends; with `temporary` its folder then goes too.
 */
export async function startKafka({ dir, port = 0, props = {}, diesWith = process.pid, temporary = false, log }) {
  const lib = fetchKafka({ log });
  const java = findJava();
  mkdirSync(dir, { recursive: true });
  const place = await choosePorts(dir, port);
  const files = writeConfig(dir, place, props);
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
async function choosePorts(dir, wanted) {
  const file = join(dir, 'place.json');
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const port = wanted === 0 ? await findFreePort() : wanted;
  if (!(await isFree(port))) {
    throw new KafkaLauncherError(`Port ${port} on 127.0.0.1 is taken. Stop what listens there or set KAFKA_PORT.`);
  }
  const controllerPort = kept?.controllerPort ?? (await findFreePort());
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

function writeConfig(dir, place, props) {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${place.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${place.port},CONTROLLER://127.0.0.1:${place.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${place.port},CONTROLLER://127.0.0.1:${place.controllerPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
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

/** Does a Kafka broker that knows itself answer on this port? Asks for metadata, as every client does first. */
export async function answers(port, host = '127.0.0.1') {
  const noTopics = Buffer.alloc(4);
  const answer = await ask({ port, host, api: 3, version: 1, body: noTopics, length: 4 });
  return answer !== undefined && answer.readInt32BE(0) > 0;
}

// The first question for a coordinator makes Kafka create its offsets topic; until that is loaded, joining a group fails.
// It has one partition here, so one group's answer stands for all.
async function canJoinGroups(port) {
  const group = kafkaString('warm-up');
  const found = await ask({ port, api: 10, version: 0, body: group, length: 2 });
  if (found?.readInt16BE(0) !== 0) return false;
  const described = await ask({ port, api: 15, version: 0, body: Buffer.concat([int32(1), group]), length: 6 });
  return described?.readInt16BE(4) === 0;
}

/** Sends one Kafka request (header version 1, no client id); the first `length` bytes of its answer, or undefined. */
function ask({ port, host = '127.0.0.1', api, version, body, length }) {
  const correlationId = 7;
  const header = Buffer.alloc(10);
  header.writeInt16BE(api, 0);
  header.writeInt16BE(version, 2);
  header.writeInt32BE(correlationId, 4);
  header.writeInt16BE(-1, 8);
  const request = Buffer.concat([int32(header.length + body.length), header, body]);
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 2_000 });
    let received = Buffer.alloc(0);
    const settle = (value) => {
      socket.destroy();
      resolve(value);
    };
    socket.on('connect', () => socket.write(request));
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (received.length < 8 + length) return;
      settle(received.readInt32BE(4) === correlationId ? received.subarray(8) : undefined);
    });
    for (const end of ['error', 'close', 'timeout']) socket.on(end, () => settle(undefined));
  });
}

function int32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function kafkaString(text) {
  const length = Buffer.alloc(2);
  length.writeInt16BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
}

export function findFreePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
