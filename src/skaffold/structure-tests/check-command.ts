import { quoted } from '../../util/visible.ts';
import { regexFindsIn } from './go-regex.ts';
import type { CommandTest } from './structure-tests.ts';

/** How a command ended. */
export interface CommandEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Returns what is wrong with the end of a command: one sentence each, none if the test passed. Throws the signal's reason. */
export async function checkCommand(
  test: CommandTest,
  { exitCode, stdout, stderr }: CommandEnd,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return [
    ...(exitCode === test.exitCode ? [] : [`exit code ${exitCode}, expected ${test.exitCode}`]),
    ...(await checkText('stdout', stdout, test.expectedOutput, test.excludedOutput, signal)),
    ...(await checkText('stderr', stderr, test.expectedError, test.excludedError, signal)),
  ];
}

/** Returns which expressions do not match a text, or match it but must not. @param what the text in messages */
export async function checkText(
  what: string,
  text: string,
  expected: readonly string[],
  excluded: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const check = async (pattern: string, wanted: boolean) => {
    const finds = await regexFindsIn(text, pattern, signal);
    if (typeof finds === 'string') problems.push(`${what}: ${quoted(pattern)}: ${finds}`);
    else if (finds !== wanted) problems.push(`${what} ${wanted ? 'does not match' : 'matches'} ${quoted(pattern)}`);
  };
  for (const pattern of expected) await check(pattern, true);
  for (const pattern of excluded) await check(pattern, false);
  return problems;
}
