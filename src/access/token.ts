// The form of an API key: `ecs_<key id>_<secret>`, the secret being 32 random bytes. Only the SHA-256 of the whole token
// is stored: against a guess of 256 random bits a slow password hash would add nothing but load.
import { randomBytes } from 'node:crypto';
import { sha256 } from '../lib/canonical-json.ts';

export type RandomBytes = (bytes: number) => Buffer;

export interface KeyToken {
  readonly keyId: string;
  /** The secret to hand out once. */
  readonly token: string;
  readonly tokenSha256: Buffer;
}

const MADE_TOKEN = /^ecs_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;
const CHOSEN_TOKEN = /^[\x21-\x7e]{32,256}$/;
const DIFFERENT_CHARACTERS_MIN = 10;

export function makeToken(random: RandomBytes = randomBytes): KeyToken {
  const keyId = random(8).toString('hex');
  return describeToken(keyId, `ecs_${keyId}_${random(32).toString('base64url')}`);
}

/** Reads a presented token; null when it cannot be one of ours. A token chosen by an operator is named by its hash. */
export function readToken(token: string): KeyToken | null {
  const keyId = MADE_TOKEN.exec(token)?.[1];
  if (keyId !== undefined) return describeToken(keyId, token);
  if (!CHOSEN_TOKEN.test(token)) return null;
  return describeToken(sha256(`ecs key id ${token}`).subarray(0, 8).toString('hex'), token);
}

/** Is an operator's own token hard enough to guess? Length is what can be checked; sameness is what can be refused. */
export function isStrongToken(token: string): boolean {
  return CHOSEN_TOKEN.test(token) && new Set(token).size >= DIFFERENT_CHARACTERS_MIN;
}

function describeToken(keyId: string, token: string): KeyToken {
  return { keyId, token, tokenSha256: sha256(token) };
}
