// The two commands of the README. `start` and `test` make ready whatever is not (dependencies, build, for the tests the
// Kafka jars), say so when it takes time, and then run ECS or the tests with the arguments given.

const OLDEST_NODE = [20, 19];

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  console.error(`ECS needs Node ${OLDEST_NODE.join('.')} or newer; this is Node ${process.versions.node}.`);
  console.error('Install a current one from https://nodejs.org or with your version manager (`nvm install 24`).');
  process.exit(1);
}

function say(line) {
  console.error(line);
}

async function makeReady({ kafka }) {
  const { isInstalled, install } = await import('./install.mjs');
  if (!isInstalled()) {
    say('Installing the dependencies ...');
    install();
  }
  const { isBuilt, build } = await import('./build.mjs');
  if (!isBuilt()) {
    say('Building ...');
    build();
  }
  if (!kafka) return;
  const { fetchKafka } = await import('./kafka-jars.mjs');
  fetchKafka({ log: say });
}

// In this very process: signals, terminal and exit code need no passing on.
async function start(args) {
  const { fileURLToPath } = await import('node:url');
  const ecs = new URL('../bin/ecs.js', import.meta.url);
  stopWithNpm();
  process.setSourceMapsEnabled(true);
  process.argv = [process.execPath, fileURLToPath(ecs), 'start', ...args];
  await import(ecs.href);
}

// A SIGTERM for npm ends npm and its shell but never reaches us; without them nobody could stop ECS any more.
function stopWithNpm() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  watch.unref();
}

async function test(args) {
  const { runJest } = await import('./run-jest.mjs');
  process.exitCode = await runJest(args);
}

const COMMANDS = new Map([
  ['start', start],
  ['test', test],
]);

refuseOldNode();
const [name, ...args] = process.argv.slice(2);
const command = COMMANDS.get(name);
try {
  if (!command) throw new Error('Usage: node scripts/run.mjs start|test [arguments]');
  await makeReady({ kafka: command === test && !process.env.KAFKA_BROKERS });
} catch (error) {
  say(error.message);
  process.exit(1);
}
await command(args);
