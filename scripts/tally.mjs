// Adds up vitest's JSON reports and ends with the one line that CI is judged by.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let skipped = 0;
const reasons = new Set();
const failures = [];

/** The end of a long log is what is kept of it: why something failed belongs there. */
function tellFailure({ fullName, duration, failureMessages = [] }) {
  console.log(`failed: ${fullName} (${Math.round(duration ?? 0)} ms)`);
  for (const message of failureMessages) {
    const lines = message
      .replaceAll(/\x1b\[[0-9;]*m/g, '')
      .split('\n')
      .filter((line) => !line.includes('node_modules'));
    for (const line of bothEnds(lines)) console.log(`    ${line.slice(0, 240)}`);
  }
}

/** A message begins with what was expected, and what a command printed last is at its end. */
function bothEnds(lines) {
  const [head, tail] = [6, 24];
  if (lines.length <= head + tail) return lines;
  return [...lines.slice(0, head), `… ${lines.length - head - tail} lines …`, ...lines.slice(-tail)];
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
      if (test.status === 'failed') failures.push(test);
      if (test.status === 'passed') tried.add(test.fullName);
      if (test.status === 'pending' || test.status === 'skipped') reasons.add(test.fullName);
    }
  }
}
for (const name of reasons) if (!tried.has(name)) console.log(`skipped: ${name}`);
for (const failure of failures) tellFailure(failure);
console.log(`Tests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
