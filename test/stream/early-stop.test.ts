// A road that is stopped while it is still joining: it leaves the group, and takes nothing over afterwards.
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { useStreamWorld } from './support/stream-world.ts';

const world = useStreamWorld();

async function loadEpochs(): Promise<number> {
  const { rows } = await world().pool.query('select coalesce(sum(owner_epoch), 0)::int as epochs from ingest_offsets');
  return rows[0].epochs;
}

test.each([4, 8, 10, 12, 14, 16, 20, 30, 60, 200])(
  'stopped %p ms after its start',
  async (delayMs) => {
    const road = await world().startRoad();
    await sleep(delayMs);
    await road.stop();
    const epochs = await loadEpochs();
    // Sooner than the broker would give up a member that fell silent (10 s).
    await eventually(
      async () => {
        const { groups } = await world().admin.describeGroups([world().kafka.consumerGroup]);
        expect(groups[0]?.members).toEqual([]);
      },
      { timeoutMs: 6_000 },
    );
    expect(await loadEpochs()).toBe(epochs);
  },
  60_000,
);
