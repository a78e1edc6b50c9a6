// Checks a parsed value against the schema of its topic: compiled once, a few hundred nanoseconds for a good event. Only
// a bad one pays for finding all its problems and putting them into plain words.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { buildInputSchema } from './json-schemas.ts';
import type { InputTopic } from './topics.ts';

export interface Problem {
  /** JSON path, for example `data.valence`; empty for the event as a whole. */
  readonly field: string;
  /** The rule, in plain words; never the value, which may be a feeling nobody consented to keep. */
  readonly message: string;
}

const PROBLEMS_MAX = 10;
const ERRORS_MAX = 50;

const fast = new Ajv2020({ strict: true });
const thorough = new Ajv2020({ strict: true, allErrors: true, verbose: true });

// Compiled when first asked for: most commands of the command line never check an event, and all would wait for it.
const fastByTopic = new Map<InputTopic, ValidateFunction>();
const thoroughByTopic = new Map<InputTopic, ValidateFunction>();

function compiled(ajv: Ajv2020, byTopic: Map<InputTopic, ValidateFunction>, topic: InputTopic): ValidateFunction {
  const found = byTopic.get(topic);
  if (found !== undefined) return found;
  const validate = ajv.compile(buildInputSchema(topic));
  byTopic.set(topic, validate);
  return validate;
}

/** Null when `value` has the shape of the topic's events, else at least one problem. */
export function checkSchema(topic: InputTopic, value: unknown): readonly Problem[] | null {
  if (compiled(fast, fastByTopic, topic)(value)) return null;
  const explain = compiled(thorough, thoroughByTopic, topic);
  explain(value);
  const found = (explain.errors ?? []).slice(0, ERRORS_MAX).map(toProblem);
  // One rule a field is enough to say: an empty text need not be told that it has the wrong form as well.
  return found.filter(({ field }, i) => found.findIndex((other) => other.field === field) === i).slice(0, PROBLEMS_MAX);
}

function toProblem(error: ErrorObject): Problem {
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  if (error.keyword === 'required') return { field: join(path, error.params.missingProperty), message: 'is missing' };
  if (error.keyword === 'additionalProperties') {
    return { field: join(path, error.params.additionalProperty), message: 'is not a known field' };
  }
  return { field: path, message: describeRule(error) };
}

function join(path: string, field: string): string {
  const shown = field.length > 100 ? `${field.slice(0, 100)}...` : field;
  return path === '' ? shown : `${path}.${shown}`;
}

function describeRule({ keyword, params, parentSchema, message }: ErrorObject): string {
  switch (keyword) {
    case 'type':
      return `must be ${article(params.type)}`;
    case 'minimum':
      return `must be at least ${params.limit}`;
    case 'maximum':
      return `must be at most ${params.limit}`;
    case 'minLength':
      return params.limit === 1 ? 'must not be empty' : `must have at least ${params.limit} characters`;
    case 'maxLength':
      return `must have at most ${params.limit} characters`;
    case 'enum':
      return `must be one of: ${params.allowedValues.join(', ')}`;
    case 'const':
      return `must be ${JSON.stringify(params.allowedValue)}`;
    case 'pattern':
      return `must be in this form: ${parentSchema?.description ?? params.pattern}`;
    default:
      return message ?? keyword;
  }
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}
