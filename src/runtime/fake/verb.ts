/**
 * A small language of commands, so that one contract suite can control containers of every runtime.
 * `test/contracts/runtime/shell-language.ts` translates it to `sh` for real runtimes. The fake runtime interprets it as
 * JSON.
 */
export type Verb =
  | { readonly do: 'print'; readonly to: 'stdout' | 'stderr'; readonly base64: string }
  /** Prints the numbers from 1 to this, one a line. */
  | { readonly do: 'count'; readonly to: 'stdout' | 'stderr'; readonly last: number }
  /** Prints the value of a variable and a newline; only the newline if it is not set. */
  | { readonly do: 'printVariable'; readonly name: string }
  /** Prints a file. A relative path starts at the working directory. Exit code 1 if there is no such file. */
  | { readonly do: 'printFile'; readonly path: string }
  | { readonly do: 'writeFile'; readonly path: string; readonly base64: string }
  | { readonly do: 'copyInput' }
  /** Waits until the file exists. */
  | { readonly do: 'await'; readonly path: string }
  /** Waits until the file exists, and deletes it. */
  | { readonly do: 'take'; readonly path: string }
  /** From here on SIGTERM ends the command with this exit code. */
  | { readonly do: 'exitOnTerm'; readonly code: number }
  | { readonly do: 'ignoreTerm' }
  /** Leaves a long-running process that holds both streams open. */
  | { readonly do: 'leaveProcess' }
  /** Sends itself SIGKILL. */
  | { readonly do: 'killSelf' }
  /** Runs for ever. */
  | { readonly do: 'hang' }
  | { readonly do: 'exit'; readonly code: number };

const encode = (content: string | Uint8Array): string => Buffer.from(content).toString('base64');

/** Creates verbs. Text is UTF-8. */
export const say = {
  print: (content: string | Uint8Array, to: 'stdout' | 'stderr' = 'stdout'): Verb => ({
    do: 'print',
    to,
    base64: encode(content),
  }),
  count: (last: number, to: 'stdout' | 'stderr' = 'stdout'): Verb => ({ do: 'count', to, last }),
  variable: (name: string): Verb => ({ do: 'printVariable', name }),
  file: (path: string): Verb => ({ do: 'printFile', path }),
  write: (path: string, content: string | Uint8Array): Verb => ({ do: 'writeFile', path, base64: encode(content) }),
  input: (): Verb => ({ do: 'copyInput' }),
  wait: (path: string): Verb => ({ do: 'await', path }),
  take: (path: string): Verb => ({ do: 'take', path }),
  exitOnTerm: (code: number): Verb => ({ do: 'exitOnTerm', code }),
  ignoreTerm: (): Verb => ({ do: 'ignoreTerm' }),
  leaveProcess: (): Verb => ({ do: 'leaveProcess' }),
  killSelf: (): Verb => ({ do: 'killSelf' }),
  hang: (): Verb => ({ do: 'hang' }),
  exit: (code: number): Verb => ({ do: 'exit', code }),
} as const;

/** How to instruct a runtime's containers: the interpreter's name, and the verbs as its text. */
export interface Language {
  readonly interpreter: string;
  text(verbs: readonly Verb[]): string;
}

/** The language of the fake runtime's containers. */
export const verbLanguage: Language = { interpreter: 'fake', text: (verbs) => JSON.stringify(verbs) };
