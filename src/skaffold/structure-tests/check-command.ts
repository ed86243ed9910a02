import { quoted } from '../../util/visible.ts';
import { regexFinds } from './go-regex.ts';
import type { CommandTest } from './structure-tests.ts';

/** How a command ended. */
export interface CommandEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Returns what is wrong with the end of a command: one sentence each, none if the test passed. */
export function checkCommand(test: CommandTest, { exitCode, stdout, stderr }: CommandEnd): readonly string[] {
  return [
    ...(exitCode === test.exitCode ? [] : [`exit code ${exitCode}, expected ${test.exitCode}`]),
    ...checkText('stdout', stdout, test.expectedOutput, test.excludedOutput),
    ...checkText('stderr', stderr, test.expectedError, test.excludedError),
  ];
}

/** Returns which expressions do not match a text, or match it but must not. @param what the text in messages */
export function checkText(
  what: string,
  text: string,
  expected: readonly string[],
  excluded: readonly string[],
): readonly string[] {
  return [
    ...expected.flatMap((pattern) => found(what, text, pattern, true)),
    ...excluded.flatMap((pattern) => found(what, text, pattern, false)),
  ];
}

function found(what: string, text: string, pattern: string, wanted: boolean): readonly string[] {
  const finds = regexFinds(pattern, text);
  if (typeof finds === 'string') return [`${what}: ${quoted(pattern)}: ${finds}`];
  if (finds === wanted) return [];
  return [`${what} ${wanted ? 'does not match' : 'matches'} ${quoted(pattern)}`];
}
