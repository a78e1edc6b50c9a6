// Takes members of the consumer group that have died out of it within about a second; by Kafka alone they keep their share
// for the rest of their session, and one that died while it joined for even longer. Only ever makes things quicker: whoever
// is taken out by mistake joins again, and what it had under way is fenced by its epoch.
import type pg from 'pg';
import type { GroupMember, KafkaGroupMembers } from '../../events/kafka-group-members.ts';
import { EcsError, isEcsError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { pause } from '../../lib/pause.ts';
import { backoffMs } from './backoff.ts';
import { MEMBER_NUMBERS, type MemberSession, openMemberSession } from './member-session.ts';

export interface MemberWatchOptions {
  readonly pool: pg.Pool;
  readonly members: KafkaGroupMembers;
  /** What all members' names begin with. */
  readonly clientId: string;
  readonly random: () => number;
  readonly log: Log;
}

export interface MemberWatch {
  /** The name with which to join: it shows the number under which this member's session is held. */
  readonly clientId: string;
  start(): void;
  /** Gives the session back: call it after the member has left the group. */
  stop(): Promise<void>;
}

const LOOK_MS = 500;
const BACKOFF = { baseMs: 100, maxMs: 5_000 } as const;

/** Those that name a number which no session holds; members named in another way are not ours to judge. */
export function findDeadMembers(
  members: readonly GroupMember[],
  clientId: string,
  alive: ReadonlySet<number>,
): GroupMember[] {
  return members.filter((member) => {
    const digits = member.clientId.startsWith(`${clientId}-`) ? member.clientId.slice(clientId.length + 1) : '';
    return /^[0-9a-f]{8}$/.test(digits) && !alive.has(Number.parseInt(digits, 16));
  });
}

export function createMemberWatch(options: MemberWatchOptions): MemberWatch {
  const { pool, members, clientId, random, log } = options;
  const number = Math.floor(random() * MEMBER_NUMBERS);
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  // A process that comes after one that died has not seen it alive, so it asks once without a reason.
  let isAsking = true;

  async function run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const session = await openMemberSession(pool, number);
        failures = 0;
        await watch(session, signal).finally(session.close);
      } catch (error) {
        if (!isEcsError(error)) throw error;
        log.warn({ code: error.code, err: error, failures }, 'the watch over the consumer group begins anew');
        await pause(backoffMs(failures, BACKOFF, random), signal);
      }
    }
  }

  /** Whom it saw before its own session was lost is forgotten: after a restart of the database all come back one by one. */
  async function watch(session: MemberSession, signal: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([signal, session.lost]);
    let before: ReadonlySet<number> = new Set();
    while (!signal.aborted) {
      const alive = await loadAlive(session);
      isAsking ||= [...before].some((seen) => !alive.has(seen));
      before = alive;
      if (isAsking) isAsking = !(await removeDead(session, ended));
      await pause(LOOK_MS, ended);
    }
  }

  async function loadAlive(session: MemberSession): Promise<ReadonlySet<number>> {
    const alive = await session.loadNumbers();
    if (alive.has(number)) return alive;
    throw new EcsError('ECS_DATABASE_UNAVAILABLE', 'The lock of this member is gone: something shares its session.');
  }

  /** False where the question stays open. */
  async function removeDead(session: MemberSession, ended: AbortSignal): Promise<boolean> {
    const inGroup = await ask(() => members.load(), ended);
    // Who has only lost a session has a new one by then.
    await pause(LOOK_MS, ended);
    if (inGroup === null || ended.aborted) return false;
    const dead = findDeadMembers(inGroup, clientId, await loadAlive(session));
    if (dead.length === 0) return true;
    log.info({ members: dead }, 'members that have died are taken out of the consumer group');
    return (await ask(() => members.remove(dead), ended)) !== null;
  }

  /** Null where Kafka gives no answer; whoever stops does not wait for one. */
  async function ask<T>(question: () => Promise<T>, ended: AbortSignal): Promise<T | null> {
    if (ended.aborted) return null;
    let giveUp: () => void = () => {};
    const aborted = new Promise<null>((resolve) => {
      giveUp = () => resolve(null);
    });
    ended.addEventListener('abort', giveUp);
    try {
      return await Promise.race([question(), aborted]);
    } catch (error) {
      if (!isEcsError(error)) throw error;
      log.warn({ code: error.code, err: error }, 'the consumer group could not be asked for members that have died');
      return null;
    } finally {
      ended.removeEventListener('abort', giveUp);
    }
  }

  return {
    clientId: `${clientId}-${number.toString(16).padStart(8, '0')}`,
    start() {
      running = run(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
