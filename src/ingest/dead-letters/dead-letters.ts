// What people do with dead letters: look at them and put them back. The one way in for the API and the command line.
import { type Queryable, toEcsError } from '../../db/index.ts';
import type { Clock } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import type { DeadLetter } from './dead-letter.ts';
import {
  type DeadLetterCount,
  type DeadLetterFilter,
  type DeadLetterPlace,
  loadDeadLetter,
  loadDeadLetterCounts,
  loadDeadLetters,
} from './load-dead-letters.ts';
import { retryDeadLetter, retryDeadLetters } from './save-retry.ts';

export interface DeadLetterPage {
  readonly items: readonly DeadLetter[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}

export interface DeadLetters {
  list(
    request: DeadLetterFilter & { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<DeadLetterPage>;
  get(deadLetterId: string): Promise<DeadLetter | null>;
  /** ECS_NOT_FOUND, or ECS_CONFLICT where the original was not kept. A second retry is allowed: copies are dropped. */
  retry(deadLetterId: string): Promise<DeadLetter>;
  /** The oldest ones that were not retried yet. */
  retryAll(request: DeadLetterFilter & { readonly limit: number }): Promise<{ readonly retried: number }>;
  counts(): Promise<readonly DeadLetterCount[]>;
}

export function createDeadLetters(db: Queryable, clock: Clock): DeadLetters {
  async function get(deadLetterId: string): Promise<DeadLetter | null> {
    return isUuid(deadLetterId) ? guard(loadDeadLetter(db, deadLetterId)) : null;
  }
  return {
    async list({ limit, cursor, ...filter }) {
      const after = cursor === undefined ? null : readCursor(cursor);
      const items = await guard(loadDeadLetters(db, filter, after, limit));
      const last = items.at(-1);
      return { items, nextCursor: last === undefined || items.length < limit ? null : writeCursor(last) };
    },
    get,
    async retry(deadLetterId) {
      const retried = isUuid(deadLetterId) ? await guard(retryDeadLetter(db, deadLetterId, clock())) : 0;
      const deadLetter = await get(deadLetterId);
      if (deadLetter === null) throw new EcsError('ECS_NOT_FOUND', 'There is no dead letter with this id');
      if (retried === 0) throw notKept(deadLetter);
      return deadLetter;
    },
    retryAll: async ({ limit, ...filter }) => ({ retried: await guard(retryDeadLetters(db, filter, limit, clock())) }),
    counts: () => guard(loadDeadLetterCounts(db)),
  };
}

function notKept({ topic, code }: DeadLetter): EcsError {
  return new EcsError(
    'ECS_CONFLICT',
    `The content of this record was not kept (${code} on ${topic}), so it cannot be retried here: have it sent again.`,
  );
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function isUuid(text: string): boolean {
  return UUID.test(text);
}

function writeCursor({ occurredAt, deadLetterId }: DeadLetterPlace): string {
  return Buffer.from(`${occurredAt} ${deadLetterId}`).toString('base64url');
}

function readCursor(cursor: string): DeadLetterPlace {
  const [occurredAt = '', deadLetterId = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  if (!Number.isNaN(Date.parse(occurredAt)) && isUuid(deadLetterId)) return { occurredAt, deadLetterId };
  throw new EcsError('ECS_REQUEST_INVALID', 'The cursor is not one that was given out: start without it');
}

async function guard<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw toEcsError(error);
  }
}
