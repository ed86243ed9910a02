import { assertNever } from '../../model/outcome.ts';
import type { FakeProgram, FakeScript } from './behaviour.ts';
import type { FakeProcess } from './fake-process.ts';
import { verbLanguage, type Verb } from './verb.ts';

/** Runs `fake -c VERBS` and `fake FILE`. There is no other program. */
export const interpreting: FakeScript = ({ command }) => {
  const [name] = command;
  if (name === verbLanguage.interpreter) return { does: 'run', program: interpret };
  return {
    does: 'failStart',
    failure: { code: 'start-failed', detail: `${JSON.stringify(name)}: no such command in the fake runtime` },
  };
};

/** The program `fake`. */
export const interpret: FakeProgram = async (self) => {
  const text = self.argv[1] === '-c' ? self.argv[2] : (await self.readFile(self.argv[1] ?? ''))?.toString();
  if (text === undefined) return 127;
  for (const verb of JSON.parse(text) as Verb[]) {
    const exit = await perform(verb, self);
    if (exit !== undefined || self.killed.aborted) return exit ?? 0;
  }
  return 0;
};

const partLines = 10_000;

/** Returns the exit code if the verb ended the program. */
async function perform(verb: Verb, self: FakeProcess): Promise<number | undefined> {
  switch (verb.do) {
    case 'print':
      return void self.print(verb.to, Buffer.from(verb.base64, 'base64'));
    case 'count':
      for (let first = 1; first <= verb.last; first += partLines) {
        const lines = Array.from({ length: Math.min(partLines, verb.last - first + 1) }, (_, i) => `${first + i}\n`);
        self.print(verb.to, Buffer.from(lines.join('')));
      }
      return undefined;
    case 'printVariable':
      return void self.print('stdout', Buffer.from(`${self.env[verb.name] ?? ''}\n`));
    case 'printFile': {
      const content = await self.readFile(verb.path);
      if (content === undefined) return 1;
      return void self.print('stdout', content);
    }
    case 'writeFile':
      return self.writeFile(verb.path, Buffer.from(verb.base64, 'base64')) ? undefined : 1;
    case 'copyInput':
      for await (const bytes of self.stdin ?? []) self.print('stdout', bytes);
      return undefined;
    case 'await':
      return void (await self.untilThere(verb.path));
    case 'take':
      await self.untilThere(verb.path);
      return void self.removeFile(verb.path);
    case 'exitOnTerm':
      return void (self.onTerm = verb.code);
    case 'ignoreTerm':
      return void (self.onTerm = 'ignore');
    case 'leaveProcess':
      return undefined;
    case 'killSelf':
      return 137;
    case 'hang':
      return void (await self.untilKilled());
    case 'exit':
      return verb.code;
    default:
      return assertNever(verb);
  }
}
