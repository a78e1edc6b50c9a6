import { createRecovery } from './recovery.ts';

const MOVE = { topic: 'ecs.emotions.v1', partition: 0, from: 0, to: 1, ownerEpoch: 1 };

function start() {
  const told: string[] = [];
  const recovery = createRecovery((text) => told.push(text));
  return { recovery, told };
}

describe('how long it takes to be back at work', () => {
  it('counts from the answer of the server to the first commit, and tells what takes longer than promised', () => {
    const { recovery, told } = start();
    recovery.disturb('database', 1_000)(1_500);
    recovery.ready('database', 1_000, 1_500);
    recovery.onCommit('ingest-1', MOVE, 7_500);
    expect(recovery.figures().database).toMatchObject({ clean: 1, overlapped: 0, maxSeconds: 6 });
    expect(told).toEqual([expect.stringMatching(/^SLOW: 6.0 s after database/)]);
  });

  it('gives no figure to a fault that met another one, not even where that one only waited for its first commit', () => {
    const { recovery, told } = start();
    recovery.disturb('broker', 1_000)(2_000);
    recovery.ready('broker', 1_000, 2_000);
    recovery.disturb('database', 2_500)(2_800);
    recovery.ready('database', 2_500, 2_800);
    recovery.onCommit('ingest-1', MOVE, 9_000);
    expect(recovery.figures()).toMatchObject({
      broker: { clean: 0, overlapped: 1 },
      database: { clean: 0, overlapped: 1 },
    });
    expect(told).toEqual([]);
  });

  it('takes workers that are killed together for one fault, which is over when each of their places is counted again', () => {
    const { recovery } = start();
    recovery.onCommit('ingest-1', MOVE, 0);
    recovery.onCommit('ingest-2', { ...MOVE, partition: 1 }, 0);
    recovery.workerKilled('ingest-1', 1_000);
    recovery.workerKilled('ingest-2', 2_000);
    recovery.onCommit('ingest-3', MOVE, 6_000);
    recovery.onCommit('ingest-3', { ...MOVE, partition: 1 }, 8_000);
    expect(recovery.figures().worker).toMatchObject({ clean: 2, overlapped: 0, p50Seconds: 6, maxSeconds: 6 });
  });
});
