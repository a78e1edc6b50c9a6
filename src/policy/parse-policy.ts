// Lays a pack over the base document and refuses what is not a policy, naming the field. The version is the hash of
// what came out, so that the same rules have the same name everywhere.
import { hashCanonical } from '../lib/canonical-json.ts';
import { EcsError } from '../lib/errors.ts';
import { type Policy, policyDocumentSchema } from './policy-document.ts';

type JsonObject = { readonly [name: string]: unknown };

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Objects are merged member by member; anything else of `over` takes the place of what is in `base`. */
export function layOver(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    merged[name] = Object.hasOwn(base, name) ? layOver(base[name], value) : value;
  }
  return merged;
}

/** `source` only names the document in the error. */
export function parsePolicy(value: unknown, source: string): Policy {
  const parsed = policyDocumentSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.') || 'the document';
    throw new EcsError('ECS_POLICY_INVALID', `${source}: ${field}: ${issue?.message ?? 'is not a policy'}`, {
      facts: { source, field },
    });
  }
  const document = parsed.data;
  return {
    pack: document.pack.name,
    policyVersion: hashCanonical(document),
    document,
    triggers: document.triggers,
  };
}
