import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { cancelledOrFailed } from '../../runtime/error-outcome.ts';
import type { ImageBuilder } from '../../runtime/image-builder.ts';
import type { ImagePlace, OpenedImage } from '../../runtime/opened-image.ts';
import { RuntimeRefused } from '../../runtime/runtime-refused.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { checkCommand } from './check-command.ts';
import { checkContents, checkExistence } from './check-file.ts';
import { checkMetadata } from './check-metadata.ts';
import { expandVariables, variablesOf } from './expand-variables.ts';
import { fileContent, fileFacts } from './image-files.ts';
import { runCommandTest } from './run-command-test.ts';
import type { CommandTest, StructureTests } from './structure-tests.ts';
import { ownValue } from '../../util/own-value.ts';

/** Where the tests of one file run. */
export interface StructureTestRun {
  /** The image, as the engine knows it. */
  readonly image: string;
  readonly images: Required<Pick<ImageBuilder, 'open'>>;
  readonly runtime: Pick<Runtime, 'start'>;
  /** Returns the name and the labels of a container. @param use a word that no other container of the step has */
  readonly place: (use: string) => ImagePlace;
  /** Slipway's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The result of one test. */
interface TestResult {
  /** `command "apt-get"`. */
  readonly name: string;
  /** What is wrong: one sentence each. Empty: the test passed. */
  readonly problems: readonly string[];
  /** The output of a command. */
  readonly output?: string;
}

/**
 * Runs the tests of one file one after the other, all of them, and prints a line for each. Leaves no container behind.
 * Failures: `tests-failed`, and those of `ImageBuilder.open` and `Runtime.start`.
 */
export async function runStructureTests(tests: StructureTests, run: StructureTestRun, work: Work): Promise<Outcome> {
  const opened = await run.images.open(run.image, run.place('image'), work);
  if (opened.status !== 'succeeded') return opened;
  await using image = opened.value;
  const failures: string[] = [];
  const counts = { passed: 0, failed: 0 };
  const add = async ({ name, problems, output = '' }: TestResult): Promise<void> => {
    const passed = problems.length === 0;
    const word = passed ? 'passed' : 'failed';
    counts[word]++;
    const lines = [`${word}  ${name}`, ...problems.map((problem) => `        ${problem}`)];
    await work.output.write('stdout', Buffer.from(`${lines.join('\n')}\n${passed ? '' : output}`));
    failures.push(...problems.map((problem) => `${name}: ${problem}`));
  };
  try {
    for (const [i, test] of tests.commands.entries()) {
      const result = await commandResult(
        test,
        tests,
        image,
        { ...run, place: () => run.place(`command-${i + 1}`) },
        work,
      );
      if (result.status !== 'succeeded') return result;
      await add(result.value);
    }
    for await (const result of fileResults(tests, image, work.signal)) await add(result);
    if (tests.metadata) await add({ name: 'metadata', problems: checkMetadata(tests.metadata, image.config) });
  } catch (error) {
    return cancelledOrFailed(error, work.signal);
  }
  return failures.length === 0
    ? succeeded(undefined)
    : failed({ code: 'tests-failed', failed: counts.failed, of: counts.failed + counts.passed, problems: failures });
}

async function commandResult(
  test: CommandTest,
  { globalEnv, passedVariables }: StructureTests,
  image: OpenedImage,
  { env, runtime, place }: StructureTestRun,
  work: Work,
): Promise<Outcome<TestResult>> {
  const known = variablesOf(image.config.env);
  const own: Record<string, string> = {};
  const set = (name: string, value: string) => {
    own[name] = value;
    known.set(name, value);
  };
  for (const name of passedVariables) {
    const value = ownValue(env, name);
    if (value !== undefined) set(name, value);
  }
  for (const { key, value } of [...globalEnv, ...test.env]) set(key, expandVariables(value, known));
  const filled = (words: readonly string[]) => words.map((word) => expandVariables(word, known));
  const ran = await runCommandTest(
    {
      image: image.id,
      env: own,
      setup: test.setup.map(filled),
      command: filled(test.command),
      teardown: test.teardown.map(filled),
    },
    runtime,
    place('command'),
    work,
  );
  if (ran.status !== 'succeeded') return ran;
  const name = `command "${test.name}"`;
  if ('why' in ran.value) return succeeded({ name, problems: [ran.value.why] });
  const { stdout, stderr } = ran.value;
  return succeeded({
    name,
    problems: await checkCommand(test, ran.value, work.signal),
    output: shown('stdout', stdout) + shown('stderr', stderr),
  });
}

async function* fileResults(
  { existence, contents }: StructureTests,
  image: OpenedImage,
  signal: AbortSignal,
): AsyncGenerator<TestResult> {
  const env = variablesOf(image.config.env);
  for (const written of existence) {
    const test = { ...written, path: expandVariables(written.path, env) };
    const owned = test.uid !== undefined || test.gid !== undefined;
    const problems = await problemsOf(async () =>
      checkExistence(test, await fileFacts(image, test.path, owned, signal)),
    );
    yield { name: `file existence "${test.name}"`, problems };
  }
  for (const written of contents) {
    const test = { ...written, path: expandVariables(written.path, env) };
    const problems = await problemsOf(
      async () => await checkContents(test, await fileContent(image, test.path, signal), signal),
    );
    yield { name: `file content "${test.name}"`, problems };
  }
}

/** Returns the problems of a test. A path that the engine cannot read fails only its test. */
async function problemsOf(check: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof RuntimeRefused && error.failure.code === 'unsupported') return [error.failure.detail];
    throw error;
  }
}

/** The end of a longer output is not printed. */
const mostLines = 50;

function shown(stream: string, text: string): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const more = lines.length > mostLines ? [`        … ${lines.length - mostLines} more lines`] : [];
  return text === ''
    ? ''
    : `${[...lines.slice(0, mostLines).map((line) => `        ${stream} | ${line}`), ...more].join('\n')}\n`;
}
