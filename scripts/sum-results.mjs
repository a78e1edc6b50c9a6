// Adds up the JSON results of Jest runs; the last line is `N passed, N failed`. Arguments: the folder, the runs expected in
// it, and the steps that failed otherwise. A run that is missing, empty or skipped a test is a failure.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, expected, ...failedSteps] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };
const problems = failedSteps.map((step) => `failed: ${step}`);

for (const name of expected.split(',')) {
  const file = join(folder, `${name}.json`);
  if (!existsSync(file)) {
    problems.push(`no results: ${name}`);
    continue;
  }
  const run = JSON.parse(readFileSync(file, 'utf8'));
  const skipped = run.numPendingTests + run.numTodoTests;
  const failed = run.numFailedTests + run.numRuntimeErrorTestSuites;
  console.log(`${name}: ${run.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
  total.passed += run.numPassedTests;
  total.failed += failed;
  total.skipped += skipped;
  if (run.numPassedTests === 0) problems.push(`no test passed: ${name}`);
  for (const path of listSkipped(run)) problems.push(`skipped: ${name}: ${path}`);
}
// Trouble outside Jest must not hide behind a count of zero.
if (total.failed === 0) total.failed = problems.length;
for (const problem of problems) console.log(problem);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 || problems.length > 0 ? 1 : 0;

function listSkipped(run) {
  return run.testResults.flatMap((suite) =>
    suite.assertionResults
      .filter((test) => test.status === 'pending' || test.status === 'todo')
      .map((test) => `${suite.name} ${test.fullName}`),
  );
}
