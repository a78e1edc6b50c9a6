// JSON lines on standard output, secrets redacted. A log line never stands in for handling an error.
import { type Logger, pino } from 'pino';

export type Log = Logger;

export function createLog(level: string, destination?: NodeJS.WritableStream): Log {
  const options = {
    level,
    base: null,
    redact: ['*.secret', '*.password', '*.authorization', 'secret', 'password', 'authorization', 'apiKey', '*.apiKey'],
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
