// What a client of ECS is doing on one PostgreSQL connection, told from its messages alone: which statement goes out, in
// which kind of transaction, and what it moves. No hook in the product is needed for a fault at a named point.
import { type PostgresMessage, readBind, readParse, readSimpleQuery } from './postgres-messages.ts';

/** What a transaction is for, as far as its statements have shown. */
export type Road = 'unknown' | 'ingest' | 'claim' | 'decision' | 'relay' | 'topic-relay' | 'api';

/** One question to the server, answered by one ReadyForQuery. */
export interface SqlStep {
  readonly label: string;
  readonly road: Road;
  readonly isCommit: boolean;
  readonly isBegin: boolean;
  /** The offset that the transaction of this step moves. */
  readonly move: OffsetMove | null;
  readonly raw: Buffer;
}

/** From the parameters of ECS's compare-and-set. */
export interface OffsetMove {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly ownerEpoch: number;
}

export interface StepReader {
  /** The step that is complete with this message, bytes to pass on at once, or nothing yet. */
  read(message: PostgresMessage): SqlStep | Buffer | null;
}

export function createStepReader(): StepReader {
  const kept = new Map<string, string>();
  let parts: Buffer[] = [];
  let label = '';
  let values: readonly (string | null)[] = [];
  let road: Road = 'unknown';
  let move: OffsetMove | null = null;

  function note(message: PostgresMessage): void {
    if (message.type === 'P') {
      const { name, sql } = readParse(message);
      label = name === '' ? squeeze(sql) : name;
      kept.set(name, label);
    } else if (message.type === 'B') {
      const bound = readBind(message);
      label = kept.get(bound.name) ?? bound.name;
      values = bound.values;
    } else if (message.type === 'Q') {
      label = squeeze(readSimpleQuery(message));
    }
  }

  function finish(): SqlStep {
    const isBegin = label.startsWith('begin');
    if (isBegin) {
      road = 'unknown';
      move = null;
    }
    road = roadAfter(road, label);
    if (label === 'ingest-move-offset') move = readMove(values);
    const step = { label, road, isCommit: label === 'commit', isBegin, move, raw: Buffer.concat(parts) };
    if (step.isCommit || label === 'rollback') {
      road = 'unknown';
      move = null;
    }
    parts = [];
    label = '';
    values = [];
    return step;
  }

  return {
    read(message) {
      if (!'PBDEHCSQ'.includes(message.type) || message.type === '') return message.raw;
      note(message);
      parts.push(message.raw);
      return message.type === 'Q' || message.type === 'S' ? finish() : null;
    },
  };
}

function squeeze(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim().toLowerCase();
}

const SIGNS: readonly (readonly [Road, RegExp])[] = [
  ['ingest', /^ingest-move-offset$/],
  ['claim', /^ingest-(insert-positions|lock-positions|bump-epochs)$/],
  ['api', /^access-claim-keys$|insert into idempotency_keys/],
  ['topic-relay', /^topic-outbox-lock$/],
  ['relay', /^notify-/],
  ['decision', /^decision-insert$|insert into decisions\b/],
];

/** A request of the API decides too, in the transaction that keeps its key. */
function roadAfter(road: Road, label: string): Road {
  const found = SIGNS.find(([, sign]) => sign.test(label))?.[0];
  if (found === undefined || (road === 'api' && found === 'decision')) return road;
  return found;
}

function readMove(values: readonly (string | null)[]): OffsetMove {
  const [, topic, partition, from, to, ownerEpoch] = values;
  return {
    topic: topic ?? '',
    partition: Number(partition),
    from: Number(from),
    to: Number(to),
    ownerEpoch: Number(ownerEpoch),
  };
}
