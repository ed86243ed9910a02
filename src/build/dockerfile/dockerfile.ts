/** A Dockerfile as BuildKit reads it (docs/decisions/0016-dockerfiles.md). Variables are not expanded yet. */
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourceText, Span } from '../../diagnostics/source-text.ts';
import type { MountOption } from './mount-options.ts';

export interface Dockerfile {
  readonly source: SourceText;
  /** The character that escapes others and continues lines. */
  readonly escape: string;
  /** `# name=value` lines at the top of the file, by name in lower case: `syntax`, `escape`, `check`. */
  readonly directives: ReadonlyMap<string, Word>;
  /** The `ARG` instructions before the first `FROM`. */
  readonly globalArgs: readonly ArgInstruction[];
  readonly stages: readonly Stage[];
  /** What BuildKit refuses in any build of this file. The rest of the file is read all the same. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A word with its quotes and escapes, without the line continuations in it. */
export interface Word {
  readonly text: string;
  readonly span: Span;
}

export interface Stage {
  readonly index: number;
  /** In lower case. */
  readonly name: Word | undefined;
  readonly base: Word;
  readonly platform: Word | undefined;
  /** The `FROM` instruction. */
  readonly span: Span;
  readonly instructions: readonly Instruction[];
}

export type Instruction =
  | ArgInstruction
  | EnvInstruction
  | CopyInstruction
  | RunInstruction
  | WorkdirInstruction
  | UserInstruction
  | OnbuildInstruction
  | OtherInstruction;

interface AnyInstruction {
  /** In upper case. */
  readonly keyword: string;
  /** From the keyword to the last argument, here-documents excluded. */
  readonly span: Span;
}

export interface ArgInstruction extends AnyInstruction {
  readonly kind: 'arg';
  readonly args: readonly { readonly name: Word; readonly value: Word | undefined }[];
}

export interface EnvInstruction extends AnyInstruction {
  readonly kind: 'env';
  readonly pairs: readonly { readonly name: Word; readonly value: Word }[];
}

/** `COPY` and `ADD`. */
export interface CopyInstruction extends AnyInstruction {
  readonly kind: 'copy';
  readonly keyword: 'COPY' | 'ADD';
  /** Without here-documents. */
  readonly sources: readonly Word[];
  readonly destination: Word;
  /** The stage, image or number of a stage that the sources come from. Absent: the build context. */
  readonly from: Word | undefined;
  readonly chown: Word | undefined;
  readonly chmod: Word | undefined;
  readonly link: boolean;
  readonly parents: boolean;
  readonly excludes: readonly Word[];
  readonly checksum: Word | undefined;
  /** Whether archives are extracted. Default: `ADD` extracts those of the build context. */
  readonly unpack: boolean | undefined;
  readonly heredocs: readonly Heredoc[];
}

export interface RunInstruction extends AnyInstruction {
  readonly kind: 'run';
  readonly mounts: readonly { readonly span: Span; readonly options: readonly MountOption[] }[];
  /** The words of the JSON form, or the whole command line. */
  readonly command: readonly string[];
  readonly form: 'json' | 'shell';
  readonly heredocs: readonly Heredoc[];
}

export interface WorkdirInstruction extends AnyInstruction {
  readonly kind: 'workdir';
  readonly path: Word;
}

export interface UserInstruction extends AnyInstruction {
  readonly kind: 'user';
  readonly user: Word;
}

export interface OnbuildInstruction extends AnyInstruction {
  readonly kind: 'onbuild';
  readonly trigger: Instruction;
}

/** An instruction that neither names files nor changes how later ones are read. */
export interface OtherInstruction extends AnyInstruction {
  readonly kind: 'other';
  readonly args: readonly Word[];
}

/** A here-document: `<<NAME` in an instruction, and the lines up to `NAME` after it. */
export interface Heredoc {
  readonly name: string;
  /** Variables in the content are expanded. False if a part of the name is quoted. */
  readonly expands: boolean;
  /** `<<-`: tabs at the start of lines are removed. */
  readonly chomps: boolean;
  /** As in the file, tabs included. */
  readonly content: string;
  readonly span: Span;
}
