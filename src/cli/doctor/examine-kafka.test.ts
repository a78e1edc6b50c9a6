import { examineTopic } from './examine-kafka.ts';

const NOW = Date.UTC(2026, 10, 22);
const bounds = [{ partition: 0, low: 10, high: 30 }];
const stored = (nextOffset: number, ageMs = 0, misplaced = 0) => [
  { topic: 't', partition: 0, nextOffset, ownerEpoch: 1, updatedAt: new Date(NOW - ageMs).toISOString(), misplaced },
];

test.each([
  ['never read: everything is ahead', [], 1, 'ok', '20 records behind'],
  ['caught up, however long ago', stored(30, 1e9), 1, 'ok', '0 records behind'],
  ['behind and moving', stored(20, 1_000), 1, 'ok', '10 records behind'],
  ['events in the wrong partition', stored(30, 0, 9), 1, 'warning', '9 events'],
  ['behind and not moving', stored(20, 3_600_000), 1, 'failed', 'has not moved'],
  ['the log begins later than where we stood', stored(5), 1, 'failed', 'never counted'],
  ['another number of partitions', [], 12, 'failed', 'has 1 partitions'],
] as const)('%s', (_name, rows, partitions, state, message) => {
  const finding = examineTopic('t', bounds, rows, partitions, NOW);
  expect(finding.state).toBe(state);
  expect(finding.message).toContain(message);
  expect(finding.mend === null).toBe(state === 'ok');
});
