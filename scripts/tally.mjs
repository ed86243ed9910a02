// Adds up vitest's JSON reports and ends with the one line that CI is judged by.
import { existsSync, readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let skipped = 0;
const reasons = new Set();
const failures = [];

/** The end of a long log is what is kept of it: why something failed belongs there. */
function tellFailure({ fullName, duration, failureMessages = [] }, what = 'failed') {
  console.log(`${what}: ${fullName} (${Math.round(duration ?? 0)} ms)`);
  for (const message of failureMessages) {
    const lines = message
      .replaceAll(/\x1b\[[0-9;]*m/g, '')
      .split('\n')
      .filter((line) => !line.includes('node_modules'));
    for (const line of bothEnds(lines)) console.log(`    ${line.slice(0, 1_000)}`);
  }
}

/** A message begins with what was expected, and what a command printed last is at its end. */
function bothEnds(lines) {
  const [head, tail] = [6, 24];
  if (lines.length <= head + tail) return lines;
  return [...lines.slice(0, head), `… ${lines.length - head - tail} lines …`, ...lines.slice(-tail)];
}

/** Returns the results of a report, by file. */
function suitesOf(path) {
  return new Map(JSON.parse(readFileSync(path, 'utf8')).testResults.map((suite) => [suite.name, suite]));
}

/** A test file that failed was run again, alone. Its second results count, and the first are told. */
const unstable = [];
function suitesWithAgain(path) {
  const suites = suitesOf(path);
  const again = path.replace(/\.json$/, '-again.json');
  if (!existsSync(again)) return suites;
  for (const [name, suite] of suitesOf(again)) {
    if (suite.status === 'passed') unstable.push(...suites.get(name).assertionResults.filter(isFailed));
    suites.set(name, suite);
  }
  return suites;
}

const isFailed = ({ status }) => status === 'failed';

// Not every version of Node tries everything.
const tried = new Set();
for (const file of process.argv.slice(2).filter((path) => !path.endsWith('-again.json'))) {
  for (const suite of suitesWithAgain(file).values()) {
    if (isFailed(suite) && suite.assertionResults.length === 0) {
      failed++;
      failures.push({ fullName: suite.name, failureMessages: [suite.message ?? ''] });
    }
    for (const test of suite.assertionResults) {
      if (isFailed(test)) failed++;
      if (isFailed(test)) failures.push(test);
      if (test.status === 'passed') passed++;
      if (test.status === 'passed') tried.add(test.fullName);
      if (test.status === 'pending' || test.status === 'skipped' || test.status === 'todo') skipped++;
      if (test.status === 'pending' || test.status === 'skipped') reasons.add(test.fullName);
    }
  }
}
for (const name of reasons) if (!tried.has(name)) console.log(`skipped: ${name}`);
for (const failure of unstable) tellFailure(failure, 'failed at first, then passed');
for (const failure of failures) tellFailure(failure);
if (unstable.length > 0)
  console.log(`${unstable.length} tests failed at first and passed again: each is a fault to mend`);
console.log(`Tests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
