// Adds up vitest's JSON reports and ends with the one line that CI is judged by.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let skipped = 0;
const reasons = new Set();

/** The end of a long log is what is kept of it: why something failed belongs there. */
function tellFailure({ fullName, duration, failureMessages = [] }) {
  console.log(`failed: ${fullName} (${Math.round(duration ?? 0)} ms)`);
  for (const message of failureMessages) {
    const lines = message
      .replaceAll(/\x1b\[[0-9;]*m/g, '')
      .split('\n')
      .filter((line) => !line.includes('node_modules'));
    for (const line of lines.slice(0, 8)) console.log(`    ${line.slice(0, 240)}`);
  }
}

// Not every version of Node tries everything.
const tried = new Set();
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed += report.numPassedTests;
  failed +=
    report.numFailedTests +
    report.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0).length;
  skipped += report.numPendingTests + report.numTodoTests;
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults) {
      if (test.status === 'failed') tellFailure(test);
      if (test.status === 'passed') tried.add(test.fullName);
      if (test.status === 'pending' || test.status === 'skipped') reasons.add(test.fullName);
    }
  }
}
for (const name of reasons) if (!tried.has(name)) console.log(`skipped: ${name}`);
console.log(`Tests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
