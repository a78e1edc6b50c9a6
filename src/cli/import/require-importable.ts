// What must be so before a file of real customers may be imported here; each refusal names the way out.
import type { Config } from '../../config.ts';
import { findRunningPostgres } from '../../db/index.ts';
import { loadInstallation } from '../../ingest/index.ts';
import { EcsError } from '../../lib/errors.ts';
import type { System } from '../../open-system.ts';

/** With Kafka and an embedded database only the ECS that holds the data folder can count what is sent. */
export async function requireRunningEcs(config: Config): Promise<void> {
  if (config.kafka === null || config.databaseUrl !== null) return;
  if ((await findRunningPostgres(config.dataDir)) !== null) return;
  throw new EcsError(
    'ECS_INGEST_STALLED',
    `No ECS is running on ${config.dataDir}, so nobody would count what goes to Kafka. Start it first: \`ecs start\`.`,
  );
}

export interface ImportWishes {
  readonly currency: string;
  readonly intoDemo: boolean;
  /** Shall the events go through the API of an ECS? */
  readonly overUrl: boolean;
}

export async function requireImportable(system: System, wishes: ImportWishes): Promise<void> {
  requireCurrency(system, wishes.currency);
  const installation = await loadInstallation(system.pool);
  if (installation?.demo === true && !wishes.intoDemo) {
    throw new EcsError(
      'ECS_CONFIG_INVALID',
      'This installation was made for invented people, and real ones do not belong among them. Use another data folder (ECS_DATA_DIR) or database, or say --into-demo.',
    );
  }
  if (wishes.overUrl && (installation?.road === 'kafka' || system.config.kafka !== null)) {
    throw new EcsError(
      'ECS_REQUEST_INVALID',
      'This installation takes its events over Kafka, where the import can see what was counted: leave --url out and set KAFKA_BROKERS.',
    );
  }
}

function requireCurrency({ policies }: System, currency: string): void {
  const amounts = policies.byPack.get(policies.defaultPack)?.document.amounts ?? {};
  if (Object.hasOwn(amounts, currency)) return;
  throw new EcsError(
    'ECS_REQUEST_INVALID',
    `The policy knows no amounts in ${currency}, so nobody could be decided. It knows ${Object.keys(amounts).join(', ')}.`,
  );
}
