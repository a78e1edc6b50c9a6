// One running part of a process, as the composition root sees it.
import type { Role } from './config.ts';

export interface Part {
  readonly role: Role;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Why it cannot do its work right now, in words that anybody may read; null when it can. */
  readonly ready?: () => string | null;
}
