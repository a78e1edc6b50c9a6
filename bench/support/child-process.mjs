// A child of the bench that is led over IPC: asks and answers, and an end in bounded time.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const END_WITHIN_MS = 30_000;

/** Resolves once the child says that it is ready. `ask(command, argument)` gives what the child answers. */
export async function startChild(file, env, execArgv = []) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(path, [], { env, execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map();
  let asked = 0;
  let ended = false;
  const exited = once(child, 'exit').then(([code, signal]) => {
    ended = true;
    for (const { reject } of waiting.values()) reject(new Error(`${file} ended with ${code ?? signal}`));
  });
  await new Promise((resolve, reject) => {
    waiting.set('ready', { resolve, reject });
    child.on('message', (message) => {
      const id = message.ready === true ? 'ready' : message.id;
      const answer = waiting.get(id);
      waiting.delete(id);
      if (message.error === undefined) answer?.resolve(message.value);
      else answer?.reject(new Error(message.error));
    });
  });
  return {
    pid: child.pid,
    ask: (command, argument) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(new Error(`${file} has ended`));
        const id = asked++;
        waiting.set(id, { resolve, reject });
        child.send({ id, command, argument });
      }),
    async end() {
      if (ended) return;
      const late = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
      child.send({ id: asked++, command: 'exit' });
      await exited;
      clearTimeout(late);
    },
  };
}

/** A child that works by itself and says one thing before it ends. */
export async function runChild(file, env) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let said;
  child.on('message', (message) => {
    said = message;
  });
  const [code, signal] = await once(child, 'exit');
  if (said === undefined) throw new Error(`${file} ended with ${code ?? signal} and said nothing`);
  return said;
}
