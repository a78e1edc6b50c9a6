// The proxy between one ECS process and PostgreSQL. It reads along, fires what is armed for a named point (kill, cut),
// and tells what it saw committed: a witness that is no part of the system.
import { connect, createServer, type Socket } from 'node:net';
import { createLine, type Line } from './line.ts';
import type { Moment, NamedPoint } from './named-points.ts';
import { createMessageReader, readCommandTag } from './postgres-messages.ts';
import { createStepReader, type OffsetMove, type Road, type SqlStep } from './sql-steps.ts';
import { listen, stopServer } from './tcp-proxy.ts';

export interface SeenCommit {
  readonly road: Road;
  readonly move: OffsetMove | null;
  /** `unknown`: the commit went out, and no answer came back through here. */
  readonly outcome: 'committed' | 'rolled-back' | 'unknown';
}

/** What happens when the point is reached: the client is killed, or only its connection cut. */
export interface Armed {
  readonly point: NamedPoint;
  readonly action: 'kill' | 'cut';
  /** The process of a `kill`; its end is the caller's to see. */
  readonly kill: () => void;
  readonly onFired: () => void;
}

export interface DatabaseProxy {
  readonly port: number;
  readonly line: Line;
  arm(armed: Armed): void;
  /** False where it had fired already. */
  disarm(armed: Armed): boolean;
  stop(): Promise<void>;
}

interface Options {
  readonly targetPort: () => number;
  readonly onCommit: (commit: SeenCommit) => void;
}

export async function startDatabaseProxy(options: Options): Promise<DatabaseProxy> {
  const line = createLine();
  const armed = new Set<Armed>();
  const take = (step: SqlStep, moment: Moment): Armed | undefined => {
    for (const one of armed) {
      if (one.point.moment !== moment || !one.point.matches(step)) continue;
      armed.delete(one);
      return one;
    }
    return undefined;
  };
  const server = createServer((client) => {
    line.attach(client);
    if (line.isCut()) client.destroy();
    else serve(client, connect(options.targetPort(), '127.0.0.1'), { line, take, onCommit: options.onCommit });
  });
  const port = await listen(server);
  return {
    port,
    line,
    arm: (one) => armed.add(one),
    disarm: (one) => armed.delete(one),
    stop: () => stopServer(server, line),
  };
}

interface Shared {
  readonly line: Line;
  readonly take: (step: SqlStep, moment: Moment) => Armed | undefined;
  readonly onCommit: (commit: SeenCommit) => void;
}

/** A question that is out, and what is to happen when it is answered. */
interface Asked {
  readonly step: SqlStep;
  readonly withheld: Armed | undefined;
}

function serve(client: Socket, upstream: Socket, { line, take, onCommit }: Shared): void {
  const fromClient = createMessageReader('client');
  const fromServer = createMessageReader('server');
  const steps = createStepReader();
  // Several at once where the client sends on without waiting; answers come in the order of the questions.
  const asked: Asked[] = [];
  let tag = '';

  function fire(one: Armed): void {
    if (one.action === 'kill') one.kill();
    client.destroy();
    upstream.destroy();
    one.onFired();
  }

  function ask(step: SqlStep): void {
    const before = take(step, 'before');
    if (before !== undefined) {
      fire(before);
      return;
    }
    asked.push({ step, withheld: take(step, 'unanswered') });
    line.write(upstream, step.raw);
  }

  function answered(): void {
    const done = asked.shift();
    if (done === undefined) return;
    const { step, withheld } = done;
    if (step.isCommit) onCommit({ ...step, outcome: tag === 'COMMIT' ? 'committed' : 'rolled-back' });
    tag = '';
    const after = withheld ?? take(step, 'after');
    if (after === undefined) return;
    // An answer that was passed on gets the moment it needs to arrive.
    if (withheld === undefined) setTimeout(() => fire(after), 1);
    else fire(after);
  }

  line.attach(upstream);
  client.on('data', (chunk) => {
    for (const message of fromClient.push(chunk)) {
      const read = steps.read(message);
      if (read === null || client.destroyed) continue;
      if (Buffer.isBuffer(read)) line.write(upstream, read);
      else ask(read);
    }
  });
  upstream.on('data', (chunk) => {
    const passed: Buffer[] = [];
    for (const message of fromServer.push(chunk)) {
      if (asked[0]?.withheld === undefined) passed.push(message.raw);
      if (message.type === 'C') tag = readCommandTag(message);
      if (message.type === 'Z') answered();
    }
    if (passed.length > 0) line.write(client, Buffer.concat(passed));
  });
  const end = () => {
    for (const { step } of asked.splice(0)) if (step.isCommit) onCommit({ ...step, outcome: 'unknown' });
    client.destroy();
    upstream.destroy();
  };
  client.on('close', end);
  upstream.on('close', end);
}
