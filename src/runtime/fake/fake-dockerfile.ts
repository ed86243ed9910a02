/**
 * Interprets the part of Dockerfiles that the image builder contract needs: `FROM`, `ARG`, `COPY`, and `RUN` of `echo`,
 * `cat`, `ls -a`, `exit` and `sleep`, split at `;`. Everything else is an unknown instruction, as in real builders.
 */
/** Contents by path. */
export type FakeFiles = ReadonlyMap<string, string>;

export interface FakeInstruction {
  readonly text: string;
  readonly name: string;
  readonly rest: string;
}

export function fakeInstructions(dockerfile: string): readonly FakeInstruction[] {
  return dockerfile
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((text) => ({ text, name: text.split(/\s/, 1)[0]?.toUpperCase() ?? '', rest: text.replace(/^\S+\s*/, '') }));
}

/** The result of a command. */
export type FakeRun =
  | { readonly does: 'print'; readonly text: string }
  | { readonly does: 'exit'; readonly code: number }
  | { readonly does: 'hang' };

/** @param files the files of the image, by absolute path */
export function fakeCommands(
  line: string,
  args: ReadonlyMap<string, string>,
  secrets: ReadonlyMap<string, string>,
  files: FakeFiles,
): readonly FakeRun[] {
  return line
    .replaceAll(/--\w+=\S+\s*/g, '')
    .split(';')
    .map((command) => command.trim().replaceAll(/\$(\w+)/g, (_, name: string) => args.get(name) ?? ''))
    .map((command) => oneCommand(command.split(/\s+/), secrets, files));
}

function oneCommand(
  [program, ...words]: readonly string[],
  secrets: ReadonlyMap<string, string>,
  files: FakeFiles,
): FakeRun {
  const path = words.at(-1) ?? '';
  switch (program) {
    case 'echo':
      return { does: 'print', text: `${words.join(' ')}\n` };
    case 'cat': {
      const content = path.startsWith('/run/secrets/')
        ? secrets.get(path.slice('/run/secrets/'.length))
        : files.get(path);
      return content === undefined ? { does: 'exit', code: 1 } : { does: 'print', text: content };
    }
    case 'ls':
      return { does: 'print', text: [...files.keys()].map((name) => `${name.split('/').at(-1)}\n`).join('') };
    case 'exit':
      return { does: 'exit', code: Number(path) };
    case 'sleep':
      return { does: 'hang' };
    default:
      return { does: 'exit', code: 127 };
  }
}
