// The programs a Kafka broker needs: Java, found and checked, and the jars that kafka/pom.xml pins, which Maven copies
// into .cache/kafka/lib once. What is missing is said in words that tell how to get it.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const POM = join(ROOT, 'kafka', 'pom.xml');
const CACHE = join(ROOT, '.cache', 'kafka');
const OLDEST_JAVA = 17;

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
