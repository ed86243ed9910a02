import { assertNever } from '../../model/outcome.ts';
import type { FakeProgram, FakeScript } from './behaviour.ts';
import type { FakeProcess } from './fake-process.ts';
import { verbLanguage, type Verb } from './verb.ts';

/** Runs `fake -c VERBS` and `fake FILE`; there is no other program. */
export const interpreting: FakeScript = ({ command }) => {
  const [name] = command;
  if (name === verbLanguage.interpreter) return { does: 'run', program: interpret };
  return { does: 'failStart', failure: { code: 'start-failed', detail: `${JSON.stringify(name)}: no such command in the fake runtime` } };
};

/** The program behind the name `fake`. */
export const interpret: FakeProgram = async (process) => {
  const text = process.argv[1] === '-c' ? process.argv[2] : (await process.readFile(process.argv[1] ?? ''))?.toString();
  if (text === undefined) return 127;
  for (const verb of JSON.parse(text) as Verb[]) {
    const exit = await perform(verb, process);
    if (exit !== undefined || process.killed.aborted) return exit ?? 0;
  }
  return 0;
};

const partLines = 10_000;

/** The exit code, if that was the end. */
async function perform(verb: Verb, process: FakeProcess): Promise<number | undefined> {
  switch (verb.do) {
    case 'print':
      return void process.print(verb.to, Buffer.from(verb.base64, 'base64'));
    case 'count':
      for (let first = 1; first <= verb.last; first += partLines) {
        const lines = Array.from({ length: Math.min(partLines, verb.last - first + 1) }, (_, i) => `${first + i}\n`);
        process.print(verb.to, Buffer.from(lines.join('')));
      }
      return undefined;
    case 'printVariable':
      return void process.print('stdout', Buffer.from(`${process.env[verb.name] ?? ''}\n`));
    case 'printFile': {
      const content = await process.readFile(verb.path);
      if (content === undefined) return 1;
      return void process.print('stdout', content);
    }
    case 'writeFile':
      return process.writeFile(verb.path, Buffer.from(verb.base64, 'base64')) ? undefined : 1;
    case 'copyInput':
      for await (const bytes of process.stdin ?? []) process.print('stdout', bytes);
      return undefined;
    case 'await':
      return void (await process.untilThere(verb.path));
    case 'exitOnTerm':
      return void (process.onTerm = verb.code);
    case 'ignoreTerm':
      return void (process.onTerm = 'ignore');
    case 'leaveProcess':
      return undefined;
    case 'killSelf':
      return 137;
    case 'hang':
      return void (await process.untilKilled());
    case 'exit':
      return verb.code;
    default:
      return assertNever(verb);
  }
}
