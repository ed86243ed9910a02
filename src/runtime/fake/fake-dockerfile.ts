/**
 * Interprets the part of Dockerfiles that the image builder contract needs: `FROM`, `ARG`, `COPY`, instructions that only
 * describe the image (`fake-opened-image.ts` reads them), and `RUN` of
 * `echo`, `cat`, `ls`, `exit`, `sleep` and `ssh-add`, split at `;`. Everything else is an unknown instruction, as in
 * real builders.
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

/**
 * Returns the instructions of the stages up to `target`; `undefined` if no stage has this name. Absent: all.
 */
export function stagesUpTo(
  target: string | undefined,
  instructions: readonly FakeInstruction[],
): readonly FakeInstruction[] | undefined {
  if (target === undefined) return instructions;
  const start = instructions.findIndex(({ name, rest }) => name === 'FROM' && fromOf(rest).stage === target);
  if (start === -1) return undefined;
  const end = instructions.findIndex(({ name }, i) => i > start && name === 'FROM');
  return instructions.slice(0, end === -1 ? undefined : end);
}

export function fromOf(rest: string): { readonly image: string; readonly stage: string | undefined } {
  const [image = '', , stage] = rest.split(/\s+/);
  return { image, stage };
}

/** What commands see. */
export interface FakeMachine {
  readonly args: ReadonlyMap<string, string>;
  readonly secrets: ReadonlyMap<string, string>;
  /** By absolute path. */
  readonly files: FakeFiles;
  /** The public keys of ssh-agents, by id. */
  readonly ssh: ReadonlyMap<string, string>;
}

/** The result of a command. */
export type FakeRun =
  | { readonly does: 'print'; readonly text: string }
  | { readonly does: 'exit'; readonly code: number }
  | { readonly does: 'hang' };

export function fakeCommands(line: string, machine: FakeMachine): readonly FakeRun[] {
  const [, mounted, id = 'default'] = /--mount=type=(ssh)(?:,id=(\S+))?/.exec(line) ?? [];
  const keys = mounted === undefined ? undefined : machine.ssh.get(id);
  return line
    .replaceAll(/--\w+=\S+\s*/g, '')
    .split(';')
    .map((command) => command.trim().replaceAll(/\$(\w+)/g, (_, name: string) => machine.args.get(name) ?? ''))
    .map((command) => oneCommand(command.split(/\s+/), machine, keys));
}

function oneCommand(
  [program, ...words]: readonly string[],
  { secrets, files }: FakeMachine,
  keys: string | undefined,
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
    case 'ls': {
      const names = [...files.keys()].filter((name) => name.startsWith(`${path}/`));
      return { does: 'print', text: names.map((name) => `${name.split('/').at(-1)}\n`).join('') };
    }
    case 'exit':
      return { does: 'exit', code: Number(path) };
    case 'sleep':
      return { does: 'hang' };
    case 'ssh-add':
      // The agent only lists keys and signs.
      if (keys === undefined || words[0] === '-D') return { does: 'exit', code: 1 };
      return words[0] === '-L' ? { does: 'print', text: keys } : { does: 'exit', code: 0 };
    default:
      return { does: 'exit', code: 127 };
  }
}
