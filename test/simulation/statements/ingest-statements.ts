// What ingest asks of the database: offsets with their owner epochs, fingerprints, dead letters, the topic outbox.

import { locksRows, readArray, readGiven, type SqlStatement } from '../sql-arguments.ts';
import { lockOf, type StatementModels, type View } from '../statement-model.ts';
import type { Tables } from '../tables.ts';

interface Place {
  readonly topic: string;
  readonly partition: number;
}

function placesOf({ values }: SqlStatement): Place[] {
  const partitions = readArray(values[2]) as number[];
  return (readArray(values[1]) as string[]).map((topic, i) => ({ topic, partition: partitions[i] ?? -1 }));
}

const offsetLocks = (_view: View, statement: SqlStatement) =>
  placesOf(statement).map(({ topic, partition }) => lockOf('ingest_offsets', topic, partition));

function moveOffset(view: View, { text, values }: SqlStatement): number {
  const [, topic, partition, from, next, epoch, fingerprintsFrom, misplaced] = values as [
    ...[string, string, number, number, number, number],
    Date | string,
    number,
  ];
  const row = view.get('ingest_offsets', topic, partition);
  if (row === undefined) return 0;
  if (/next_offset = \$4/.test(text) && row.next_offset !== from) return 0;
  if (/owner_epoch = \$6/.test(text) && row.owner_epoch !== epoch) return 0;
  const fromMs = fingerprintsFrom instanceof Date ? fingerprintsFrom.getTime() : Number.NEGATIVE_INFINITY;
  view.put('ingest_offsets', {
    ...row,
    next_offset: next,
    fingerprints_from_ms: Math.max(row.fingerprints_from_ms, fromMs),
    misplaced: row.misplaced + misplaced,
  });
  return 1;
}

function bumpEpoch(view: View, { topic, partition }: Place): object {
  const row = view.get('ingest_offsets', topic, partition);
  if (row === undefined) throw new Error('bug: bumped before it was inserted');
  const bumped = { ...row, owner_epoch: row.owner_epoch + 1 };
  view.put('ingest_offsets', bumped);
  return { ...bumped, fingerprints_from_seconds: String(row.fingerprints_from_ms / 1000) };
}

function insertPosition(view: View, given: Place & { readonly next_offset: number }): number {
  if (view.get('ingest_offsets', given.topic, given.partition) !== undefined) return 0;
  const { topic, partition, next_offset } = given;
  const fresh = { owner_epoch: 0, fingerprints_from_ms: Number.NEGATIVE_INFINITY, misplaced: 0 };
  view.insert('ingest_offsets', { consumer_group: 'ecs', topic, partition, next_offset, ...fresh });
  return 1;
}

type FingerprintRow = Tables['event_fingerprints'];

function fingerprintsOf(view: View, [topic, partition]: readonly unknown[]): FingerprintRow[] {
  return view.rows('event_fingerprints').filter((row) => row.topic === topic && row.partition === partition);
}

interface GivenLetter {
  readonly record_offset: number;
  readonly code: string;
  readonly customer_id: string | null;
  readonly announcement: Buffer;
}

function saveDeadLetters(view: View, statement: SqlStatement): number {
  const [, topic, partition] = statement.values as [string, string, number];
  let saved = 0;
  for (const { record_offset, code } of readGiven<GivenLetter>(statement, 'given')) {
    if (view.get('dead_letters', topic, partition, record_offset) !== undefined) continue;
    view.insert('dead_letters', { topic, partition, record_offset, code });
    saved++;
  }
  return saved;
}

interface GivenMessage {
  readonly topic: string;
  readonly message_key: string | null;
  readonly message_value: Buffer;
  readonly headers: string;
}

function appendTopicOutbox(view: View, statement: SqlStatement): number {
  const given = readGiven<GivenMessage>(statement, 'given');
  for (const { topic, message_key, message_value, headers } of given) {
    const row = { topic, message_key, message_value, headers: JSON.parse(headers) as Record<string, string> };
    view.insert('topic_outbox', { topic_outbox_id: view.nextId(), ...row });
  }
  return given.length;
}

function lockWaiting(view: View, { values }: SqlStatement): object[] {
  const free = view.rows('topic_outbox').filter((row) => !view.isLockedElsewhere('topic_outbox', row));
  const taken = free.slice(0, values[0] as number);
  for (const row of taken) view.lock('topic_outbox', row);
  return taken;
}

/** The rows named, unless the text takes all up to the highest of them. */
function takenOf(view: View, { text, values }: SqlStatement): Tables['topic_outbox'][] {
  const ids = new Set(readArray(values[0]) as number[]);
  const highest = /topic_outbox_id <=/.test(text) ? Math.max(...ids) : 0;
  return view.rows('topic_outbox').filter(({ topic_outbox_id: id }) => ids.has(id) || id <= highest);
}

export const INGEST_STATEMENTS: StatementModels = [
  ['database-time', { run: (view) => [{ now: new Date(view.nowMs) }] }],
  [
    'ingest-move-offset',
    {
      locks: (_view, { values }) => [lockOf('ingest_offsets', values[1], values[2])],
      run: moveOffset,
    },
  ],
  [
    'ingest-load-position',
    { run: (view, { values }) => [view.get('ingest_offsets', values[1], values[2]) ?? []].flat() },
  ],
  [
    'ingest-insert-positions',
    {
      locks: offsetLocks,
      run: (view, statement) =>
        readGiven<Place & { next_offset: number }>(statement, 'given').reduce(
          (n, one) => n + insertPosition(view, one),
          0,
        ),
    },
  ],
  [
    'ingest-lock-positions',
    { locks: (view, statement) => (locksRows(statement) ? offsetLocks(view, statement) : []), run: () => 0 },
  ],
  [
    'ingest-bump-epochs',
    { locks: offsetLocks, run: (view, statement) => placesOf(statement).map((place) => bumpEpoch(view, place)) },
  ],
  [
    'ingest-load-fingerprints',
    {
      run(view, { values }) {
        const hours = new Set((readArray(values[2]) as Date[]).map((hour) => hour.getTime()));
        return fingerprintsOf(view, values).filter((row) => hours.has(row.hour_at.getTime()));
      },
    },
  ],
  [
    'ingest-save-fingerprints',
    {
      run(view, statement) {
        const [topic, partition] = statement.values as [string, number];
        const given = readGiven<Omit<FingerprintRow, 'topic' | 'partition'>>(statement, 'given');
        for (const { hour_at, fingerprints_id, fingerprints } of given) {
          view.insert('event_fingerprints', { topic, partition, hour_at, fingerprints_id, fingerprints });
        }
        return given.length;
      },
    },
  ],
  [
    'ingest-prune-fingerprints',
    {
      run(view, { values }) {
        const before = values[2] as Date;
        const old = fingerprintsOf(view, values).filter((row) => row.hour_at < before);
        for (const row of old) view.remove('event_fingerprints', row);
        return old.length;
      },
    },
  ],
  ['ingest-save-dead-letters', { run: saveDeadLetters }],
  ['topic-outbox-append', { run: appendTopicOutbox }],
  ['topic-outbox-lock', { run: lockWaiting }],
  [
    'topic-outbox-delete',
    {
      locks: (view, statement) => takenOf(view, statement).map((row) => lockOf('topic_outbox', row.topic_outbox_id)),
      run(view, statement) {
        const taken = takenOf(view, statement);
        for (const row of taken) view.remove('topic_outbox', row);
        return taken.length;
      },
    },
  ],
];
