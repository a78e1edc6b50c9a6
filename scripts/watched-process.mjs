// A child process for the checks: its output is kept and can be waited for, and it is ended within a bound whatever happens.

import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** In a process group of its own, so that a signal reaches it as a key press in a terminal would. */
export function startWatched(command, args, { cwd, env }) {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let ended;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      output += text;
    });
  }
  child.once('error', (error) => {
    output += `${error}`;
    ended = { code: null, signal: null };
  });
  child.once('close', (code, signal) => {
    ended = { code, signal };
  });
  const until = async (what, timeoutMs, find) => {
    for (const deadline = Date.now() + timeoutMs; ; ) {
      const found = await find();
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms. Its output:\n${output}`);
      await sleep(100);
    }
  };
  return {
    output: () => output,
    /** Waits for text; the process must be alive meanwhile. */
    async sees(pattern, timeoutMs) {
      return until(`${pattern}`, timeoutMs, () => {
        const match = pattern.exec(output);
        if (!match && ended) throw new Error(`It ended before ${pattern} was seen. Its output:\n${output}`);
        return match;
      });
    },
    async ends(timeoutMs) {
      return until('the end of the process', timeoutMs, () => ended);
    },
    signalGroup: (signal) => process.kill(-child.pid, signal),
    signal: (signal) => child.kill(signal),
    /** For the end of a check that went wrong: nothing may stay behind. */
    forceEnd() {
      if (ended) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    },
  };
}

/** This process's environment without what npm adds for its scripts, and without the settings of ECS. */
export function cleanEnvironment(extra = {}) {
  const dropped =
    /^(npm_(lifecycle|package|config_local_prefix|command)|ECS_|PG|DB_|KAFKA_|DATABASE_URL$|HOST$|PORT$|NODE_OPTIONS$|INIT_CWD$)/;
  const kept = Object.entries(process.env).filter(([name]) => !dropped.test(name));
  return { ...Object.fromEntries(kept), ...extra };
}
