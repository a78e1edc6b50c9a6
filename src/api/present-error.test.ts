// Every error code has one presentation: 4xx explains, 5xx keeps what it knows to itself, what may be repeated says when.
import { EcsError, ERROR_CODES, type ErrorCode } from '../lib/errors.ts';
import { PROBLEM_KINDS, presentError } from './present-error.ts';
import { problemSchema } from './problem.ts';

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];
const SECRET = 'connect ECONNREFUSED 10.0.0.7:5432';

test.each(CODES.map((code) => [code]))('%s', (code) => {
  const { problem, headers } = presentError(new EcsError(code, SECRET), 'r1');
  expect(problemSchema.parse(problem)).toEqual(problem);
  expect(problem.type).toMatch(/^urn:ecs:problem:[a-z-]+$/);
  expect(problem.status).toBe(PROBLEM_KINDS[code].status);
  expect(JSON.stringify(problem).includes(SECRET)).toBe(problem.status < 500);
  if (problem.status === 503 || problem.status === 429) expect(Number(headers['Retry-After'])).toBeGreaterThan(0);
  // An error that is worth repeating says when; one that is not never does.
  if (problem.status !== 500) expect('Retry-After' in headers).toBe(ERROR_CODES[code]);
});

test('one type means one status', () => {
  const kinds = Object.values(PROBLEM_KINDS);
  for (const { slug, status } of kinds) {
    expect(new Set(kinds.filter((kind) => kind.slug === slug).map((kind) => kind.status))).toEqual(new Set([status]));
  }
});

test.each([[new TypeError('x is not a function')], ['a thrown text'], [undefined], [{ type: 'entity.too.large' }]])(
  'whatever is thrown is presented as internal: %p',
  (thrown) => {
    expect(presentError(thrown, 'r1').problem).toEqual({
      type: 'urn:ecs:problem:internal',
      title: 'Something went wrong inside ECS',
      status: 500,
      code: 'ECS_INTERNAL',
      requestId: 'r1',
    });
  },
);

test.each([
  [Object.assign(new Error('terminating connection'), { code: '57P01', severity: 'FATAL' }), 503],
  [new Error('Connection terminated unexpectedly'), 503],
  [Object.assign(new Error('sorry, too many clients'), { code: '53300' }), 503],
  [Object.assign(new Error('duplicate key'), { code: '23505' }), 500],
])('what the driver says of an outage is one, wherever it was read: %p', (thrown, status) => {
  expect(presentError(thrown, 'r1').problem.status).toBe(status);
});

test('a room that names only a field is presented like a bad field of the body, a bad cursor like one of the query', () => {
  const errorsOf = (field: string) =>
    presentError(new EcsError('ECS_REQUEST_INVALID', 'no', { facts: { field } }), 'r').problem.errors;
  expect(errorsOf('url')).toEqual([{ in: 'body', field: 'url', expected: 'no' }]);
  expect(errorsOf('cursor')).toEqual([{ in: 'query', field: 'cursor', expected: 'no' }]);
});
