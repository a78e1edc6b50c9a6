import fc from 'fast-check';
import { EcsError } from '../lib/errors.ts';
import { isConnectionTrouble, retryDatabase, toEcsError } from './index.ts';

const failWith = (code: string | undefined, message = 'x', severity = 'ERROR'): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code }, { severity });

describe('toEcsError', () => {
  it.each([
    ['40001', 'ECS_DATABASE_CONFLICT'],
    ['40P01', 'ECS_DATABASE_CONFLICT'],
    ['55P03', 'ECS_DATABASE_CONFLICT'],
    ['57014', 'ECS_DATABASE_UNAVAILABLE'],
    ['57P01', 'ECS_DATABASE_UNAVAILABLE'],
    ['57P02', 'ECS_DATABASE_UNAVAILABLE'],
    ['57P03', 'ECS_DATABASE_UNAVAILABLE'],
    ['53300', 'ECS_DATABASE_UNAVAILABLE'],
    ['53100', 'ECS_DATABASE_UNAVAILABLE'],
    ['08006', 'ECS_DATABASE_UNAVAILABLE'],
    ['08007', 'ECS_COMMIT_UNKNOWN'],
    ['40003', 'ECS_COMMIT_UNKNOWN'],
    ['25006', 'ECS_DATABASE_UNAVAILABLE'],
    ['28P01', 'ECS_CONFIG_INVALID'],
    ['3D000', 'ECS_CONFIG_INVALID'],
    ['ECONNREFUSED', 'ECS_DATABASE_UNAVAILABLE'],
    ['ECONNRESET', 'ECS_DATABASE_UNAVAILABLE'],
    ['EPIPE', 'ECS_DATABASE_UNAVAILABLE'],
  ])('%s is %s', (code, expected) => {
    const cause = failWith(code);
    expect(toEcsError(cause)).toMatchObject({ name: 'EcsError', code: expected, cause, facts: { sqlState: code } });
  });

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
    'Query read timeout',
    'timeout expired',
    'Received unexpected commandComplete message from backend.',
  ])('takes "%s" of the driver for an outage', (message) => {
    expect(toEcsError(new Error(message))).toMatchObject({ code: 'ECS_DATABASE_UNAVAILABLE' });
  });

  it.each(['23505', '23503', '22P02', '42601', '42P01', '22012'])('leaves %s, a refusal or a bug, as it is', (code) => {
    const error = failWith(code);
    expect(toEcsError(error)).toBe(error);
  });

  it('leaves other things as they are', () => {
    const bug = new TypeError('bug');
    const named = new EcsError('ECS_NOT_FOUND', 'x');
    expect(toEcsError(bug)).toBe(bug);
    expect(toEcsError(named)).toBe(named);
    expect(toEcsError('text')).toBe('text');
  });
});

describe('isConnectionTrouble', () => {
  it.each([
    [failWith('57P01', 'x', 'FATAL'), true],
    [failWith('XX000', 'x', 'PANIC'), true],
    [failWith('08P01'), true],
    [failWith('ECONNRESET'), true],
    [failWith(undefined, 'Query read timeout'), true],
    [failWith('40001'), false],
    [failWith('57014'), false],
    [failWith('23505'), false],
    [new Error('other'), false],
    ['ECONNRESET', false],
  ])('%s: %s', (error, expected) => {
    expect(isConnectionTrouble(error)).toBe(expected);
  });
});

describe('retryDatabase', () => {
  const run = async (failures: readonly unknown[], options: { attempts?: number; signal?: AbortSignal } = {}) => {
    const delaysMs: number[] = [];
    let runs = 0;
    const outcome = await retryDatabase(
      async () => {
        const failure = failures[runs++];
        if (failure !== undefined) throw failure;
        return 'done';
      },
      { ...options, random: () => 1, sleep: async (ms) => delaysMs.push(ms) },
    ).catch((error: unknown) => error);
    return { outcome, runs, delaysMs };
  };

  it('repeats conflicts and outages, waiting longer each time', async () => {
    const result = await run([failWith('40001'), failWith('ECONNREFUSED'), failWith('40P01')]);
    expect(result).toEqual({ outcome: 'done', runs: 4, delaysMs: [20, 40, 80] });
  });

  it('ends with the last error once the attempts are used up', async () => {
    const last = failWith('40001', 'third');
    const { outcome, runs } = await run([failWith('40001'), failWith('40001'), last], { attempts: 3 });
    expect(runs).toBe(3);
    expect(outcome).toMatchObject({ code: 'ECS_DATABASE_CONFLICT', cause: last });
  });

  it.each([
    ['an unknown commit', new EcsError('ECS_COMMIT_UNKNOWN', 'x')],
    ['a commit the server calls unknown', failWith('08007')],
    ['a constraint', failWith('23505')],
    ['a bug', new TypeError('x')],
    ['wrong credentials', failWith('28P01')],
  ])('never repeats %s', async (_name, error) => {
    expect((await run([error])).runs).toBe(1);
  });

  it('starts no further attempt once aborted', async () => {
    expect((await run([failWith('40001')], { signal: AbortSignal.abort() })).runs).toBe(1);
  });

  it('waits between nothing and a bound that doubles up to the maximum', () =>
    fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 2, max: 12 }),
        async (r, attempts) => {
          const delaysMs: number[] = [];
          const failing = retryDatabase(() => Promise.reject(failWith('40001')), {
            attempts,
            maxMs: 500,
            random: () => r,
            sleep: async (ms) => delaysMs.push(ms),
          });
          await expect(failing).rejects.toMatchObject({ code: 'ECS_DATABASE_CONFLICT' });
          expect(delaysMs).toHaveLength(attempts - 1);
          delaysMs.forEach((ms, index) => {
            expect(ms).toBeLessThanOrEqual(Math.min(500, 20 * 2 ** index));
            expect(ms).toBeGreaterThanOrEqual(0);
          });
        },
      ),
    ));
});
