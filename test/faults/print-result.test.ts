// The one line of JSON that others read: its keys, and what it says where nothing could be counted.
import { toLastLine } from './print-result.ts';
import { createRecovery } from './recovery.ts';
import type { FaultResult } from './run-faults.ts';

const RESULT: FaultResult = {
  seed: 7,
  faults: { 'worker-kill': 3 },
  events: 100,
  findings: [],
  held: ['I1', 'I2'],
  recovery: createRecovery(() => {}).figures(),
  commits: 9,
  ownEnds: 0,
};

test('a run in which nothing was wrong', () => {
  expect(toLastLine(RESULT, 60_400)).toMatchObject({
    seed: 7,
    faults: { 'worker-kill': 3 },
    events: 100,
    lost: 0,
    double: 0,
    violations: 0,
    seconds: 60,
  });
});

test('what was lost or counted twice is added up over all findings', () => {
  const findings = [
    { invariant: 'I1', message: 'some', lost: 2, double: 0 },
    { invariant: 'I1', message: 'others', lost: 1, double: 4 },
    { invariant: 'I5', message: 'limits overlap' },
  ];
  expect(toLastLine({ ...RESULT, findings, held: ['I2'] }, 0)).toMatchObject({ lost: 3, double: 4, violations: 3 });
});

test('a run that came to no count does not claim that nothing is lost', () => {
  const findings = [{ invariant: 'I20', message: 'something waits' }];
  expect(toLastLine({ ...RESULT, findings, held: ['I2'] }, 0)).toMatchObject({
    lost: null,
    double: null,
    violations: 1,
  });
});
