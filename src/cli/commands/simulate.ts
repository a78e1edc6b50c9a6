// `ecs simulate`: a population from a seed, with moods, pay days, shopping and late payments, at a chosen rate.
import { Command, Option } from 'commander';
import type { Config } from '../../config.ts';
import { findRunningPostgres } from '../../db/index.ts';
import { loadInstallation } from '../../ingest/index.ts';
import { loadLedger } from '../../ledger/index.ts';
import { systemClock } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import { openSystem, type System } from '../../open-system.ts';
import { loadPolicies } from '../../policy/index.ts';
import { type CommandContext, loadCommandConfig, printResult } from '../command-context.ts';
import { catchInterruption } from '../interruption.ts';
import { openEventDoor } from '../open-event-door.ts';
import {
  parseCurrency,
  parsePositive,
  parsePrefix,
  parseUrl,
  parseWholeNumber,
  requireBothOrNone,
} from '../parse-options.ts';
import { type CardState, NEW_CARD } from '../simulate/card-month.ts';
import type { PopulationOptions } from '../simulate/population.ts';
import { requireInvented } from '../simulate/require-invented.ts';
import { runSimulation, type SimulationResult } from '../simulate/run-simulation.ts';
import { saveOutcomes } from '../simulate/truth/save-outcomes.ts';
import { SCENARIO_NAMES, SCENARIOS, type ScenarioName } from '../simulate/truth/scenario.ts';

interface SimulateOptions {
  readonly people: number;
  readonly rate: number;
  readonly seconds?: number;
  readonly seed: number;
  readonly currency: string;
  readonly prefix: string;
  readonly past: boolean;
  readonly url?: string;
  readonly key?: string;
  readonly yesInvented?: boolean;
  readonly scenario?: ScenarioName;
  readonly outcomes?: string;
  readonly json?: boolean;
}

const HELP = `
The same seed gives the same people. Events go to the ECS at --url, else over Kafka where it is configured, else straight
into the database when no ECS is running. People who are known already live on where they were; where the database is out
of sight nobody can tell, so a second run with the same people wants --no-past, and moods that overtake the consent on
Kafka are dropped as they should be. Unlike an import, a simulation does not hold decisions back: accounts are opened by
the first decisions, while the half year arrives.

Invented people go only into an installation that was made for them: one whose first use was \`ecs simulate\` or the
demonstration of \`ecs start\`. Elsewhere, and where that cannot be seen, --yes-invented is needed.

--scenario lets people live in a world in which it is known what feelings have to do with defaults:
${SCENARIO_NAMES.map((name) => `  ${name.padEnd(18)} ${SCENARIOS[name].says}`).join('\n')}
With --outcomes two years of such a lender's outcomes are written for \`ecs model gate\`, and nothing is sent.

Examples:
  ecs simulate --scenario moderate --outcomes outcomes.csv
  ecs simulate --people 200 --rate 50 --seconds 60
  KAFKA_BROKERS=127.0.0.1:9092 ecs simulate --people 10000 --rate 2000 --yes-invented
  ecs simulate --url http://127.0.0.1:8080 --key ecs_... --no-past --json`;

export function simulateCommand(context: CommandContext): Command {
  return new Command('simulate')
    .description('drive ECS with invented people')
    .option('--people <count>', 'how many', parseWholeNumber(1, 1_000_000), 100)
    .option('--rate <events>', 'events a second, once everybody has arrived', parsePositive(20_000), 10)
    .option('--seconds <seconds>', 'how long they live (default: until Ctrl-C)', parsePositive(1_000_000))
    .option('--seed <number>', 'what everything is drawn from', parseWholeNumber(0, 2_147_483_647), 1)
    .option('--currency <code>', 'of all amounts', parseCurrency, 'EUR')
    .option('--prefix <text>', 'before every customer id', parsePrefix, 'sim-')
    .option('--no-past', 'send no half year first: the people are there already')
    .option('--url <url>', 'a running ECS that takes the events', parseUrl)
    .option('--key <token>', 'its API key with the scope events:write')
    .addOption(new Option('--scenario <name>', 'a world whose truth is known').choices(SCENARIO_NAMES))
    .option('--outcomes <file>', "write the scenario's outcomes for `ecs model gate` and send nothing")
    .option('--yes-invented', 'put invented people where real ones may be')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (options: SimulateOptions, command: Command) => {
      requireBothOrNone(command, options);
      if (options.outcomes === undefined) return simulate(context, options);
      if (options.scenario === undefined) command.error('error: --outcomes needs a --scenario to be true in');
      return writeOutcomes(context, options.scenario, options.outcomes, options);
    });
}

async function writeOutcomes(
  context: CommandContext,
  scenario: ScenarioName,
  path: string,
  { seed, json }: SimulateOptions,
): Promise<void> {
  const saved = await saveOutcomes(scenario, seed, systemClock(), path);
  printResult(context, json, saved, () => `${saved.rows} rows, ${saved.defaults} defaults, in ${path}`);
}

async function simulate(context: CommandContext, options: SimulateOptions): Promise<void> {
  const { config, log } = loadCommandConfig(context);
  const population = await toPopulation(options);
  const interruption = catchInterruption();
  try {
    const system = await openIfInSight(config, log, options.url);
    try {
      const result = await simulateOn({ context, config, options, population, system, ended: interruption.signal });
      printResult(context, options.json, result, () => describe(result));
    } finally {
      await system?.close();
    }
  } finally {
    interruption.forget();
  }
}

async function toPopulation({ seed, people, prefix, currency, scenario }: SimulateOptions): Promise<PopulationOptions> {
  const { byPack, defaultPack } = await loadPolicies();
  const amounts = byPack.get(defaultPack)?.document.amounts ?? {};
  const unitMinor = amounts[currency]?.referenceUnitMinor;
  const world = scenario === undefined ? {} : { scenario };
  if (unitMinor !== undefined) return { seed, people, prefix, currency, unitMinor, ...world };
  throw new EcsError(
    'ECS_REQUEST_INVALID',
    `The policy knows no amounts in ${currency}. It knows ${Object.keys(amounts).join(', ')}.`,
  );
}

/** Opens what can be seen without starting anything; only the road in this process needs a database of its own. */
async function openIfInSight(config: Config, log: System['log'], url: string | undefined): Promise<System | null> {
  if (url === undefined && config.kafka === null) return openSystem(config, log, { attach: true });
  // The database seen from here says nothing about an ECS on another machine.
  if (url !== undefined && !isLoopback(url)) return null;
  const inSight = config.databaseUrl !== null || (await findRunningPostgres(config.dataDir)) !== null;
  return inSight ? openSystem(config, log, { attach: true, migrate: false }) : null;
}

function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

interface SimulationRun {
  readonly context: CommandContext;
  readonly config: Config;
  readonly options: SimulateOptions;
  readonly population: PopulationOptions;
  readonly system: System | null;
  readonly ended: AbortSignal;
}

async function simulateOn(run: SimulationRun): Promise<SimulationResult> {
  const { context, config, options, population, system } = run;
  const installation = system === null ? 'unseen' : ((await loadInstallation(system.pool)) ?? 'fresh');
  requireInvented({ installation, allowed: options.yesInvented === true });
  const { url, key } = options;
  const door = await openEventDoor({ system, kafka: config.kafka, url, key, demo: true });
  try {
    const { progress } = context.terminal;
    context.terminal.say(`${population.people} invented people, events to ${door.describe}; Ctrl-C ends it`);
    return await runSimulation({
      population,
      eventsPerSecond: options.rate,
      seconds: options.seconds ?? null,
      past: options.past,
      send: door.send,
      settle: system === null ? async () => {} : () => door.settle((left) => progress(`counting: ${left} events left`)),
      loadCards: system === null ? null : (customerIds) => loadCards(system, customerIds),
      clock: systemClock,
      ended: run.ended,
      onProgress: progress,
    });
  } finally {
    await door.close();
  }
}

/** Whoever has moved money is known; not everybody has a card yet. */
async function loadCards(system: System, customerIds: readonly string[]): Promise<ReadonlyMap<string, CardState>> {
  const ledgers = await loadLedger(system.pool, customerIds, systemClock());
  return new Map(
    [...ledgers]
      .filter(([, { statements, transactionCount }]) => statements.length > 0 || transactionCount > 0)
      .map(([customerId, { statements }]) => [customerId, statements.at(-1) ?? NEW_CARD]),
  );
}

function describe(result: SimulationResult): string {
  const { people, known, pastEvents, events, seconds, eventsPerSecond } = result;
  return [
    `${people} people (${known} known before), ${pastEvents} events of their past`,
    `${events} events in ${seconds.toFixed(1)} s, ${eventsPerSecond.toFixed(1)} a second`,
  ].join('\n');
}
