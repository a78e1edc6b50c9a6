// What the database says about the health of an ECS: installation, keys, queue, dead letters, deliveries.
import { listKeys } from '../../access/index.ts';
import { checkServer } from '../../db/index.ts';
import { getQueueStatus, type QueueStatus } from '../../decision/index.ts';
import { createDeadLetters, type Installation, loadInstallation } from '../../ingest/index.ts';
import { systemClock } from '../../lib/clock.ts';
import { loadDeliveryCounts } from '../../notify/index.ts';
import type { System } from '../../open-system.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

export async function examineDatabase(system: System): Promise<Finding[]> {
  const { majorVersion } = await checkServer(system.pool);
  return [
    ok('database', `PostgreSQL ${majorVersion}, ${system.database}`),
    ok('schema', 'up to date'),
    ...examineInstallation(await loadInstallation(system.pool), system),
    await examineKeys(system),
    ...examineQueue(await getQueueStatus(system.pool, systemClock())),
    await examineDeadLetters(system),
    ...(await examineDeliveries(system)),
  ];
}

function examineInstallation(installation: Installation | null, { config }: System): Finding[] {
  if (installation === null)
    return [warning('installation', 'ECS was never started on this database', 'Run `ecs start`.')];
  const road = config.kafka === null ? 'http' : 'kafka';
  const people = installation.demo ? ', with invented people' : '';
  if (installation.road !== road) {
    return [
      failed(
        'installation',
        `events come in over ${installation.road}, but the settings say ${road}`,
        installation.road === 'kafka' ? 'Set KAFKA_BROKERS.' : 'Unset KAFKA_BROKERS.',
      ),
    ];
  }
  return [ok('installation', `events over ${road}, ${installation.partitions} partitions${people}`)];
}

async function examineKeys({ pool }: System): Promise<Finding> {
  const live = (await listKeys(pool, systemClock())).filter((key) => key.state === 'live');
  if (live.length > 0) return ok('keys', `${live.length} live`);
  return warning('keys', 'no live API key', 'Run `ecs keys create NAME --scope admin`.');
}

function examineQueue(queue: QueueStatus): Finding[] {
  const findings: Finding[] = [];
  if (queue.importRunning) {
    findings.push(
      warning(
        'import',
        'an import has begun and not ended; nothing is decided meanwhile',
        'Run the same import again to its end, or `ecs import abandon`.',
      ),
    );
  }
  if (queue.failing > 0) {
    const mend = `Their last error: ${queue.lastError ?? 'unknown'}. They are tried again by themselves.`;
    findings.push(warning('decisions', `${queue.failing} customers could not be decided`, mend));
  } else {
    findings.push(ok('decisions', `${queue.waiting} customers wait to be decided`));
  }
  return findings;
}

async function examineDeadLetters({ pool }: System): Promise<Finding> {
  const counts = (await createDeadLetters(pool, systemClock).counts()).filter((count) => count.waiting > 0);
  if (counts.length === 0) return ok('dead letters', 'none waiting');
  const message = counts.map((count) => `${count.waiting} ${count.code} on ${count.topic}`).join(', ');
  return warning(
    'dead letters',
    message,
    'Look at `ecs dead-letters list`, mend the producer, then `ecs dead-letters retry --all`.',
  );
}

async function examineDeliveries({ pool }: System): Promise<Finding[]> {
  return (await loadDeliveryCounts(pool)).map((count) => {
    const check = `deliveries ${count.kind}`;
    if (count.dead > 0) {
      return warning(
        check,
        `${count.dead} given up`,
        'Mend the receiver, then redeliver: POST /api/webhooks/{webhookId}/redeliver.',
      );
    }
    const old = count.oldestPendingSeconds > OLD_SECONDS;
    const message = `${count.pending} waiting`;
    if (!old) return ok(check, message);
    return warning(
      check,
      `${message}, the oldest for ${Math.round(count.oldestPendingSeconds)} s`,
      'Is an ECS with the role relay running, and its destination up?',
    );
  });
}

const OLD_SECONDS = 60;
