/**
 * A tiny language of commands, so that one contract suite can say to every runtime what a container shall do. Real
 * runtimes get it translated for `sh` (`test/contracts/runtime/shell-language.ts`); the fake one interprets it as it
 * is, as JSON.
 */
export type Verb =
  | { readonly do: 'print'; readonly to: 'stdout' | 'stderr'; readonly base64: string }
  /** The numbers from 1 to this, a line each. */
  | { readonly do: 'count'; readonly to: 'stdout' | 'stderr'; readonly last: number }
  /** The value of a variable and a newline; nothing but the newline if it is not set. */
  | { readonly do: 'printVariable'; readonly name: string }
  /** The content of a file; a relative path is one of the working directory. Exit code 1 if there is none. */
  | { readonly do: 'printFile'; readonly path: string }
  | { readonly do: 'writeFile'; readonly path: string; readonly base64: string }
  | { readonly do: 'copyInput' }
  /** Goes on when there is such a file. */
  | { readonly do: 'await'; readonly path: string }
  /** From here on SIGTERM ends the command with this exit code. */
  | { readonly do: 'exitOnTerm'; readonly code: number }
  | { readonly do: 'ignoreTerm' }
  /** Leaves a process behind that holds both streams open and would run for long. */
  | { readonly do: 'leaveProcess' }
  /** Sends itself SIGKILL. */
  | { readonly do: 'killSelf' }
  /** For ever. */
  | { readonly do: 'hang' }
  | { readonly do: 'exit'; readonly code: number };

const encode = (content: string | Uint8Array): string => Buffer.from(content).toString('base64');

/** Makes verbs; text is UTF-8. */
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
  exitOnTerm: (code: number): Verb => ({ do: 'exitOnTerm', code }),
  ignoreTerm: (): Verb => ({ do: 'ignoreTerm' }),
  leaveProcess: (): Verb => ({ do: 'leaveProcess' }),
  killSelf: (): Verb => ({ do: 'killSelf' }),
  hang: (): Verb => ({ do: 'hang' }),
  exit: (code: number): Verb => ({ do: 'exit', code }),
} as const;

/** How a runtime's containers are told what to do: the interpreter's name, and the verbs as its text. */
export interface Language {
  readonly interpreter: string;
  text(verbs: readonly Verb[]): string;
}

/** The language of the fake runtime's containers. */
export const verbLanguage: Language = { interpreter: 'fake', text: (verbs) => JSON.stringify(verbs) };
