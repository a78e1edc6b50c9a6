// Readers of option values, so that a wrong word on the command line is refused by its name before anything is opened.
import { type Command, InvalidArgumentError } from 'commander';

export function parseWholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

export function parsePositive(max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && value <= max) return value;
    throw new InvalidArgumentError(`Expected a number above 0, at most ${max}.`);
  };
}

/** `2026-11-22`, read as the start of that day in UTC. */
export function parseDate(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Date.parse refuses 2026-02-31 or moves it into March, depending on the engine's mood: neither may pass.
  if (!Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)) return ms;
  throw new InvalidArgumentError('Expected a date such as 2026-11-22.');
}

export function parseCurrency(text: string): string {
  if (/^[A-Z]{3}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected an ISO 4217 code such as EUR.');
}

/** What stands before a row's or a person's own name in a customer id. */
export function parsePrefix(text: string): string {
  if (/^[\x21-\x7e]{0,50}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected at most 50 printable characters without spaces.');
}

export function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('Expected the address of an ECS such as http://127.0.0.1:8080.');
}

export function requireBothOrNone(command: Command, { url, key }: { url?: string; key?: string }): void {
  if ((url === undefined) === (key === undefined)) return;
  command.error('error: --url and --key belong together: where the ECS is, and what opens it');
}
