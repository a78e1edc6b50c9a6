// One byte form for one value (RFC 8785), and its SHA-256: what decisions, policies and models are named and compared by.
import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';
import { assert } from './assert.ts';

// The package is CommonJS with an ES default in its types; under nodenext the callable is the module itself.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

/** RFC 8785 text of a JSON value. `undefined` members are left out; NaN and infinities are a bug. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  assert(text !== undefined, 'only JSON values have a canonical form');
  return text;
}

export function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}

/** Lower-case hex SHA-256 of the canonical form. */
export function hashCanonical(value: unknown): string {
  return sha256(canonicalJson(value)).toString('hex');
}
