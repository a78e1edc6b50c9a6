// The ack journal: what was accepted, and by whom, in a file of its own outside the system. A line is written only after
// the acceptance, and flushed to the disk ten times a second.
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import type { InputTopic } from '../../../src/events/topics.ts';
import type { Facts, Origin } from './event-stream.ts';

/** An accepted event; offset -1 where the HTTP road does not tell it. `acked` false: sent, and never answered. */
export interface EventEntry {
  readonly kind: 'event';
  readonly topic: InputTopic;
  readonly id: string;
  readonly customerId: string;
  readonly timeMs: number;
  readonly facts: Facts;
  readonly origin: Origin;
  readonly road: 'kafka' | 'http';
  readonly partition: number;
  readonly offset: number;
  readonly acked: boolean;
}

export interface PoisonEntry {
  readonly kind: 'poison';
  readonly topic: InputTopic;
  readonly id: string;
  readonly code: string;
  readonly partition: number;
  readonly offset: number;
  readonly acked: boolean;
  /** How often it was sent until it was acknowledged: each may stand in the log. */
  readonly tries: number;
}

/** A word about consent that the API acknowledged, so that its effect was committed. */
export interface ConsentEntry {
  readonly kind: 'consent';
  readonly customerId: string;
  readonly purpose: 'emotions' | 'thoughts';
  readonly granted: boolean;
  readonly changedAtMs: number;
}

/** A write over the API under an idempotency key. */
export interface WriteEntry {
  readonly kind: 'write';
  readonly key: string;
  readonly customerId: string;
  readonly trigger: 'api' | 'manual';
  /** Null: never answered. */
  readonly decisionId: string | null;
  /** Was the same answer given when it was asked once more? */
  readonly repeatedSame: boolean | null;
}

export type JournalEntry = EventEntry | PoisonEntry | ConsentEntry | WriteEntry;

export interface JournalWriter {
  add(entry: JournalEntry): void;
  /** What was added is on the disk when this returns. */
  flush(): void;
  close(): void;
}

export function openJournal(file: string): JournalWriter {
  const fd = openSync(file, 'a');
  let lines: string[] = [];
  const flush = () => {
    if (lines.length === 0) return;
    writeSync(fd, lines.join(''));
    lines = [];
    fsyncSync(fd);
  };
  const timer = setInterval(flush, 100);
  return {
    add: (entry) => {
      lines.push(`${JSON.stringify(entry)}\n`);
    },
    flush,
    close() {
      clearInterval(timer);
      flush();
      closeSync(fd);
    },
  };
}

export interface JournalReader {
  /** Hands over every entry that was written since the last call. */
  readNew(take: (entry: JournalEntry) => void): void;
  close(): void;
}

const CHUNK_BYTES = 1 << 20;

export function readJournal(file: string): JournalReader {
  const fd = openSync(file, 'a+');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let position = 0;
  let rest: Buffer = Buffer.alloc(0);
  return {
    readNew(take) {
      for (;;) {
        const bytes = readSync(fd, chunk, 0, CHUNK_BYTES, position);
        if (bytes === 0) return;
        position += bytes;
        rest = Buffer.concat([rest, chunk.subarray(0, bytes)]);
        const end = rest.lastIndexOf(10) + 1;
        for (const line of rest.toString('utf8', 0, end).split('\n')) if (line !== '') take(JSON.parse(line));
        rest = rest.subarray(end);
      }
    },
    close: () => closeSync(fd),
  };
}
