// Adds up vitest's JSON reports and ends with the one line that CI is judged by.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let skipped = 0;
const reasons = new Set();
// Not every version of Node tries everything.
const tried = new Set();
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests + report.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0).length;
  skipped += report.numPendingTests + report.numTodoTests;
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults) {
      if (test.status === 'failed') console.log(`failed: ${test.fullName}`);
      if (test.status === 'passed') tried.add(test.fullName);
      if (test.status === 'pending' || test.status === 'skipped') reasons.add(test.fullName);
    }
  }
}
for (const name of reasons) if (!tried.has(name)) console.log(`skipped: ${name}`);
console.log(`Tests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
