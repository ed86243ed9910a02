/** The command line as a function: takes arguments and a host, returns an exit code. */
import { fileOutputWords } from './file-output-words.ts';
import { CommanderError } from 'commander';
import { visible } from '../util/visible.ts';
import { withoutBooleanValues } from './boolean-flag-values.ts';
import { withPortForwardValue } from './port-forward-flag.ts';
import { withoutDryRunValue } from './dry-run-flag.ts';
import { toFileError } from '../util/file-error.ts';
import { exitCodes, type Host } from './host.ts';
import { readCommandLine } from './read-command-line.ts';
import { flagsAsValues } from './flags-as-values.ts';
import { Invocation } from './invocation.ts';
import { makeProgram } from './program.ts';
import type { Services } from '../runs/services.ts';
import { isStoreError } from './is-store-error.ts';
import { commandLineMistakes, helpHint } from './command-line-mistakes.ts';
import { throwMistakes, UsageError, UsageErrors } from './usage-error.ts';
import { withoutShortEquals } from './short-flags-with-equals.ts';
import { verbosityLevels } from './verbosity-levels.ts';

/**
 * @param compose creates the services; called at most once, when a command needs them
 */
export async function runCli(host: Host, version: string, compose: () => Promise<Services>): Promise<number> {
  const written: { screen: 'stdout' | 'stderr'; text: string }[] = [];
  const program = makeProgram(
    {
      stdout: (text) => written.push({ screen: 'stdout', text }),
      stderr: (text) => written.push({ screen: 'stderr', text }),
    },
    () => invocation,
  );
  const invocation: Invocation = new Invocation(host, version, compose, program.globals, () =>
    makeProgram({ stdout: () => {}, stderr: () => {} }, () => invocation),
  );
  try {
    const { words, mistakes } = await wordsOf(invocation, host.argv);
    throwMistakes(mistakes);
    program.root.hook('preAction', async (_root, command) => {
      throwMistakes(await flagsAsValues(program.root, words));
      invocation.begin(command);
    });
    await program.root.parseAsync([...words], { from: 'user' });
    return invocation.code;
  } catch (thrown) {
    const error = invocation.begun ? thrown : await withAllMistakes(invocation, host.argv, thrown);
    const code = exitOf(error);
    if (code === undefined) throw error;
    if (error === thrown) for (const { screen, text } of written) await host[screen].write(text);
    const lines = messageOf(error);
    for (const line of lines) await host.stderr.write(`${line}\n`);
    const why = lines.length > 0 ? lines.join('\n') : written.map(({ text }) => text).join('');
    if (code !== exitCodes.succeeded) await printRefusal(invocation, host.argv, code, why.trimEnd());
    return code;
  } finally {
    await invocation.close();
  }
}

/** Returns a command line without values that the parser does not know. */
async function wordsOf({ commandTree }: Pick<Invocation, 'commandTree'>, argv: readonly string[]) {
  const apart = await withoutShortEquals(commandTree(), argv);
  const dryRun = withoutDryRunValue(fileOutputWords(withPortForwardValue(apart)));
  const booleans = withoutBooleanValues(dryRun.words);
  return { words: booleans.words, mistakes: [...dryRun.mistakes, ...booleans.mistakes, ...verbosityLevels(argv)] };
}

/** Returns all mistakes of a command line in the place of the first one. Returns other errors unchanged. */
async function withAllMistakes(invocation: Invocation, argv: readonly string[], error: unknown): Promise<unknown> {
  const isHelp = error instanceof CommanderError && error.exitCode === 0;
  if (isHelp || exitOf(error) !== exitCodes.usage) return error;
  const { words, mistakes } = await wordsOf(invocation, argv);
  const found = [...mistakes, ...(await commandLineMistakes(invocation, words))];
  return found.length === 0 ? error : new UsageErrors(found, await helpHint(invocation, words));
}

/** Prints the document of a command that has none yet, if the command line asks for JSON. */
async function printRefusal(invocation: Invocation, argv: readonly string[], code: number, why: string): Promise<void> {
  // The mistake may be that the flag is read as the value of another one.
  const isJson = argv.some((word, i) => word === '--output=json' || (word === 'json' && argv[i - 1] === '--output'));
  if (!isJson || invocation.hasPrintedJson) return;
  const { path } = await readCommandLine(invocation.commandTree(), (await wordsOf(invocation, argv)).words);
  const command = path.at(-1);
  const document = command && invocation.refusalOf(command);
  if (document) await invocation.printJson(await document(code, why));
}

/** Returns the exit code of an expected error, or `undefined`. */
function exitOf(error: unknown): number | undefined {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.succeeded : exitCodes.usage;
  if (error instanceof UsageError || error instanceof UsageErrors) return exitCodes.usage;
  return isStoreError(error) || toFileError(error) !== undefined ? exitCodes.unavailable : undefined;
}

/** Returns the message of an error. The parser has already printed its own. */
function messageOf(error: unknown): string[] {
  return linesOf(error)
    .flatMap((line) => line.split('\n'))
    .map(visible);
}

function linesOf(error: unknown): string[] {
  if (error instanceof UsageErrors)
    return [...error.mistakes.flatMap(linesOf), ...(error.hint === undefined ? [] : [`  ${error.hint}`])];
  if (error instanceof UsageError) return [`error: ${error.message}`, ...error.hints.map((hint) => `  ${hint}`)];
  const refused = isStoreError(error) ? error : toFileError(error);
  if (refused === undefined) return [];
  return [`error: ${refused.message}`, ...(refused.help === undefined ? [] : [`  ${refused.help}`])];
}
