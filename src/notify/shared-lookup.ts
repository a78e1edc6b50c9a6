// Name look-ups in which those who ask for the same name at the same time share one answer. The look-ups of the
// operating system run on four threads of the whole process: without this, a webhook whose name server hangs would
// take them all, and every other destination would wait.
import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

type Answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;
export type LookupAll = (hostname: string, options: LookupOptions & { all: true }, answer: Answer) => void;

export function shareLookups(lookup: LookupAll = systemLookup): LookupFunction {
  const waiting = new Map<string, Answer[]>();

  function ask(hostname: string, family: number, answer: Answer): void {
    const key = `${hostname} ${family}`;
    const others = waiting.get(key);
    if (others !== undefined) {
      others.push(answer);
      return;
    }
    const answers = [answer];
    waiting.set(key, answers);
    lookup(hostname, { family, all: true }, (error, addresses) => {
      waiting.delete(key);
      for (const each of answers) each(error, addresses);
    });
  }

  return (hostname, options, callback) => {
    ask(hostname, toFamily(options.family), (error, addresses) => {
      const first = addresses?.[0];
      if (error !== null || first === undefined) callback(error ?? notFound(hostname), '');
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function toFamily(family: LookupOptions['family']): number {
  if (family === 'IPv4') return 4;
  return family === 'IPv6' ? 6 : (family ?? 0);
}

function notFound(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' });
}
